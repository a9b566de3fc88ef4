//! How weights are printed.

use super::features::{median, worst};
use super::wrapper::Cost;
use super::{Pair, Weight, limits};
use std::fmt::Write;

const MIB: f64 = 1024.0 * 1024.0;
const KIB: f64 = 1024.0;

/// Head of the table whose rows [`markdown`] writes: ratios, with the figures of both crates, ours first.
pub const MARKDOWN_HEAD: &str = "\
| document | operations | lines | check, CPU s | check, MiB | release, CPU s | release, MiB | median, worst feature | adds to a program, KiB | without the core, KiB |
|---|---|---|---|---|---|---|---|---|---|
";

/// All figures of one document, for people.
#[must_use]
pub fn plain(weight: &Weight) -> String {
    let mut text = format!(
        "{}: {} operations ({} unrefined)\n  {:<26}{:>12}{:>12}{:>8}{:>8}\n",
        weight.name,
        weight.operations.refined,
        weight.operations.unrefined,
        "",
        "refined",
        "unrefined",
        "ratio",
        "limit",
    );
    for row in rows(weight) {
        row.print(&mut text);
    }
    features(weight, &mut text);
    if let Some(programs) = &weight.programs {
        let _ = writeln!(text, "  programs call {}", programs.calls.join(", "));
    }
    for (what, count) in weight.left_out.counts() {
        let _ = writeln!(text, "  unrefined lacks {count} {what}");
    }
    for (operation, why) in &weight.left_out.operations {
        let _ = writeln!(text, "  unrefined lacks `{operation}`: {why}");
    }
    for (limit, figure) in weight.exceeded() {
        let (name, at_most) = (limit.name, limit.at_most);
        let _ = writeln!(
            text,
            "  above the limit: {name} is {figure:.3}, not {at_most}"
        );
    }
    text
}

/// Features that cost most beyond their share come first.
fn features(weight: &Weight, text: &mut String) {
    let (Some(middle), Some(worst)) = (median(&weight.features), worst(&weight.features)) else {
        return;
    };
    let _ = writeln!(
        text,
        "  of {} features the median costs {middle:.3} of the full check, the worst is {} with {:+.3} beyond its share; shares of the whole in brackets",
        weight.features.len(),
        worst.name,
        worst.surplus(),
    );
    let mut sorted: Vec<_> = weight.features.iter().collect();
    sorted.sort_by(|a, b| b.surplus().total_cmp(&a.surplus()));
    for feature in sorted {
        let _ = writeln!(
            text,
            "    {:<32}{:>5} operations ({:.3}){:>6} types ({:.3}){:>8} lines{:>8.2} s ({:.3}){:>7.0} MiB",
            feature.name,
            feature.extent.operations,
            feature.share_of_operations,
            feature.extent.types,
            feature.share_of_types,
            feature.extent.lines,
            feature.cost.cpu,
            feature.share,
            mebibytes(feature.cost),
        );
    }
}

/// One row of the table whose head is [`MARKDOWN_HEAD`].
#[must_use]
pub fn markdown(weight: &Weight) -> String {
    let cell = |pair: Pair<f64>, decimals: usize| {
        let ratio = pair.ratio().unwrap_or(f64::NAN);
        let Pair { refined, unrefined } = pair;
        format!("{ratio:.2} ({refined:.decimals$} / {unrefined:.decimals$})")
    };
    let none = || "–".to_owned();
    let release = |part: fn(Cost) -> f64, decimals: usize| {
        let costs = weight.release;
        costs.map_or_else(none, |costs| cell(costs.map(part), decimals))
    };
    let features = match (median(&weight.features), worst(&weight.features)) {
        (Some(median), Some(worst)) => format!(
            "{median:.3}, {:.3} ({:+.3} beyond its share)",
            worst.share,
            worst.surplus()
        ),
        _ => none(),
    };
    let sizes = weight.programs.as_ref().map(|programs| programs.sizes);
    let kibibytes = |pair: Pair<f64>| cell(pair.map(|bytes| bytes / KIB), 0);
    let added = sizes.map(|sizes| kibibytes(sizes.added()));
    let by_calls = sizes.map(|sizes| kibibytes(sizes.added_by_calls()));
    let cells = [
        weight.name.clone(),
        weight.operations.refined.to_string(),
        cell(line_counts(weight), 0),
        cell(weight.check.map(|cost| cost.cpu), 1),
        cell(weight.check.map(mebibytes), 0),
        release(|cost| cost.cpu, 1),
        release(mebibytes, 0),
        features,
        added.unwrap_or_else(none),
        by_calls.unwrap_or_else(none),
    ];
    format!("| {} |\n", cells.join(" | "))
}

struct Row {
    name: String,
    pair: Pair<f64>,
    decimals: usize,
    limit: Option<f64>,
}

impl Row {
    fn print(&self, text: &mut String) {
        let decimals = self.decimals;
        let Pair { refined, unrefined } = self.pair;
        let ratio = self.pair.ratio().map(|ratio| format!("{ratio:.2}"));
        let limit = self.limit.map(|limit| limit.to_string());
        let _ = writeln!(
            text,
            "  {:<26}{refined:>12.decimals$}{unrefined:>12.decimals$}{:>8}{:>8}",
            self.name,
            ratio.unwrap_or_default(),
            limit.unwrap_or_default(),
        );
    }
}

fn rows(weight: &Weight) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |name: &str, pair: Pair<f64>, decimals: usize, limit: Option<limits::Limit>| {
        rows.push(Row {
            name: name.to_owned(),
            pair,
            decimals,
            limit: limit.map(|limit| limit.at_most),
        });
    };
    add("lines", line_counts(weight), 0, Some(limits::LINES));
    let check = weight.check;
    add(
        "check CPU, s",
        check.map(|cost| cost.cpu),
        2,
        Some(limits::CHECK_TIME),
    );
    add("check wall, s", check.map(|cost| cost.wall), 2, None);
    add(
        "check memory, MiB",
        check.map(mebibytes),
        0,
        Some(limits::CHECK_MEMORY),
    );
    if let Some(release) = weight.release {
        add("release CPU, s", release.map(|cost| cost.cpu), 2, None);
        add("release wall, s", release.map(|cost| cost.wall), 2, None);
        add("release memory, MiB", release.map(mebibytes), 0, None);
    }
    if let Some(programs) = &weight.programs {
        let sizes = programs.sizes;
        let kibibytes = |pair: Pair<f64>| pair.map(|bytes| bytes / KIB);
        add("added to a program, KiB", kibibytes(sizes.added()), 0, None);
        let by_calls = kibibytes(sizes.added_by_calls());
        add(
            "  without the core, KiB",
            by_calls,
            0,
            Some(limits::PROGRAM),
        );
    }
    rows
}

fn line_counts(weight: &Weight) -> Pair<f64> {
    #[allow(clippy::cast_precision_loss, reason = "lines are far below 2^52")]
    weight.lines.map(|lines| lines as f64)
}

fn mebibytes(cost: Cost) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
    let bytes = cost.memory as f64;
    bytes / MIB
}
