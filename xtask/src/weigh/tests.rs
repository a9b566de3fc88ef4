use super::extent::Extent;
use super::*;

fn cost(cpu: f64, memory: u64) -> Cost {
    Cost {
        wall: cpu,
        cpu,
        memory,
    }
}

fn feature(name: &str, share: f64, share_of_operations: f64) -> Feature {
    Feature {
        name: name.to_owned(),
        extent: Extent::default(),
        cost: cost(share, 1),
        share,
        share_of_operations,
        share_of_types: 0.0,
    }
}

/// A document at all its limits.
fn at_limits() -> Weight {
    Weight {
        name: "made-up".to_owned(),
        operations: Pair {
            refined: 300,
            unrefined: 298,
        },
        left_out: LeftOut::default(),
        lines: Pair {
            refined: 600,
            unrefined: 1000,
        },
        check: Pair {
            refined: cost(7.0, 8 << 20),
            unrefined: cost(10.0, 10 << 20),
        },
        release: None,
        features: vec![
            feature("small", 0.0625, 0.03),
            feature("middle", 0.1, 0.09),
            feature("large", 0.5, 0.46),
        ],
        programs: Some(Programs {
            calls: vec!["ping".to_owned()],
            sizes: Sizes {
                by_hand: 1000,
                unrefined: 2000,
                refined: 1900,
                core: 1300,
            },
        }),
    }
}

fn names(weight: &Weight) -> Vec<&'static str> {
    let exceeded = weight.exceeded().into_iter();
    exceeded.map(|(limit, _)| limit.name).collect()
}

#[test]
fn a_limit_itself_is_no_excess() {
    let weight = at_limits();
    assert_eq!(weight.bounded().len(), 6);
    assert_eq!(names(&weight), Vec::<&str>::new());
}

#[test]
fn each_limit_is_kept_by_itself() {
    let exceeding = |change: fn(&mut Weight)| {
        let mut weight = at_limits();
        change(&mut weight);
        names(&weight)
    };
    let time = exceeding(|weight| weight.check.refined.cpu = 7.1);
    assert_eq!(time, [limits::CHECK_TIME.name]);
    let memory = exceeding(|weight| weight.check.refined.memory += 1 << 20);
    assert_eq!(memory, [limits::CHECK_MEMORY.name]);
    let lines = exceeding(|weight| weight.lines.refined += 1);
    assert_eq!(lines, [limits::LINES.name]);
    let program = exceeding(|weight| {
        if let Some(programs) = &mut weight.programs {
            programs.sizes.refined += 1;
        }
    });
    assert_eq!(program, [limits::PROGRAM.name]);
    let median = exceeding(|weight| weight.features[1].share = 0.11);
    assert_eq!(median, [limits::MEDIAN_FEATURE.name]);
    let surplus = exceeding(|weight| weight.features[2].share = 0.52);
    assert_eq!(surplus, [limits::FEATURE_SURPLUS.name]);
}

#[test]
fn large_crates_have_a_limit_of_memory_whatever_progenitor_takes() {
    let mut weight = at_limits();
    weight.operations.refined = limits::LARGE_FROM;
    weight.check = weight.check.map(|check| cost(check.cpu, 3_500_000_000));
    weight.check.unrefined.memory *= 2;
    assert_eq!(names(&weight), Vec::<&str>::new());
    weight.check.refined.memory += 1;
    assert_eq!(names(&weight), [limits::LARGE_CHECK_MEMORY.name]);
    weight.operations.refined -= 1;
    assert_eq!(names(&weight), Vec::<&str>::new());
}

#[test]
fn features_of_small_crates_have_no_limit() {
    let mut weight = at_limits();
    weight.features[1].share = 0.9;
    weight.operations.refined = limits::FEATURES_FROM - 1;
    assert_eq!(names(&weight), Vec::<&str>::new());
}

#[test]
fn what_is_added_is_beyond_the_program_by_hand() {
    let sizes = at_limits().programs.unwrap().sizes;
    let added = sizes.added();
    assert_eq!(added.ratio(), Some(0.9));
    assert_eq!(sizes.added_by_calls().ratio(), Some(0.6));
    assert!((sizes.core_added() - 300.0).abs() < 1e-9);
    let lighter = Sizes {
        refined: 900,
        ..sizes
    };
    assert_eq!(lighter.added().ratio(), Some(-0.1));
    let none = Pair {
        refined: 1.0,
        unrefined: 0.0,
    };
    assert_eq!(none.ratio(), None);
}

#[test]
fn of_rounds_the_fastest_counts_with_the_most_memory() {
    let better = cost(2.0, 5).better(cost(1.0, 3));
    assert_eq!(better, cost(1.0, 5));
    assert_eq!(cost(1.0, 3).better(cost(2.0, 5)), cost(1.0, 5));
}

#[test]
fn tables_have_all_figures() {
    let weight = at_limits();
    let plain = table::plain(&weight);
    for part in [
        "made-up: 300 operations (298 unrefined)",
        "0.60",
        "0.70",
        "0.80",
        "large",
        "ping",
    ] {
        assert!(plain.contains(part), "{part} is not in\n{plain}");
    }
    let markdown = table::markdown(&weight);
    let columns = |line: &str| line.matches('|').count();
    let header = table::MARKDOWN_HEAD.lines().next().unwrap();
    assert_eq!(columns(&markdown), columns(header), "{markdown}");
    assert!(markdown.contains("made-up"), "{markdown}");
}
