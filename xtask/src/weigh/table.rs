//! How weights are printed.

use super::Weight;
use super::wrapper::Cost;
use std::fmt::Write;

const MIB: f64 = 1024.0 * 1024.0;

/// All figures of one document, for people.
#[must_use]
pub fn plain(weight: &Weight) -> String {
    let mut text = format!(
        "{}: {} operations ({} unrefined)\n  {:<24}{:>12}{:>12}{:>8}\n",
        weight.name,
        weight.operations.refined,
        weight.operations.unrefined,
        "",
        "refined",
        "unrefined",
        "ratio",
    );
    for row in rows(weight) {
        let ratio = row.ratio.map(|ratio| format!("{ratio:.2}"));
        let _ = writeln!(
            text,
            "  {:<24}{:>12}{:>12}{:>8}",
            row.name,
            row.refined,
            row.unrefined,
            ratio.unwrap_or_default()
        );
    }
    for (what, count) in weight.left_out.counts() {
        let _ = writeln!(text, "  unrefined lacks {count} {what}");
    }
    for (operation, why) in &weight.left_out.operations {
        let _ = writeln!(text, "  unrefined lacks `{operation}`: {why}");
    }
    text
}

struct Row {
    name: String,
    refined: String,
    unrefined: String,
    ratio: Option<f64>,
}

fn rows(weight: &Weight) -> Vec<Row> {
    #[allow(clippy::cast_precision_loss, reason = "lines are far below 2^52")]
    let lines = weight.lines.map(|lines| lines as f64);
    let mut rows = vec![Row {
        name: "lines".to_owned(),
        refined: weight.lines.refined.to_string(),
        unrefined: weight.lines.unrefined.to_string(),
        ratio: lines.ratio(),
    }];
    let modes = [("check", Some(weight.check)), ("release", weight.release)];
    for (mode, costs) in modes {
        let Some(costs) = costs else { continue };
        let mut add = |what: &str, unit: &str, part: fn(Cost) -> f64, decimals: usize| {
            let pair = costs.map(part);
            rows.push(Row {
                name: format!("{mode} {what}, {unit}"),
                refined: format!("{:.decimals$}", pair.refined),
                unrefined: format!("{:.decimals$}", pair.unrefined),
                ratio: pair.ratio(),
            });
        };
        add("CPU", "s", |cost| cost.cpu, 2);
        add("wall", "s", |cost| cost.wall, 2);
        add("memory", "MiB", mebibytes, 0);
    }
    rows
}

fn mebibytes(cost: Cost) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
    let bytes = cost.memory as f64;
    bytes / MIB
}
