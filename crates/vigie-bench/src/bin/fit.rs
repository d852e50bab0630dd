//! Collects clusters of worlds to learn from, for the fit of the weights of the case. For developers of Vigie; see
//! CONTRIBUTING.md.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for developers: results and progress"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use vigie_bench::boost::{Growth, Row, fit};
use vigie_bench::lessons::{Look, curriculum, lessons};
use vigie_bench::{BenchError, Part, Plan, World};
use vigie_detectors::patterns::{FEATURES, features};
use vigie_detectors::signals::{Direction, SIGNAL, signals};
use vigie_detectors::{DETECTORS, Facts, Readings};
use vigie_hunt::{Likeness, RAISES};
use vigie_sim::score::{Found, Truth, score_found};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (task, out) =
        (args.next().unwrap_or_default(), PathBuf::from(args.next().ok_or("give a directory")?));
    let data = std::env::var_os("VIGIE_DATA").map(PathBuf::from);
    let plan =
        Plan { keep_worlds: true, parts: vec![Part::Accuracy], ..Plan::full(out.join("worlds"), data) };
    let extra: Vec<PathBuf> = args.map(PathBuf::from).collect();
    std::fs::create_dir_all(&out)?;
    match task.as_str() {
        "collect" => collect(&plan, &out, &extra)?,
        "score" => score(&plan, &extra)?,
        "fit" => fit_case(&out, &extra)?,
        other => return Err(format!("`{other}` is neither collect, fit nor score").into()),
    }
    Ok(())
}

fn collect(plan: &Plan, out: &Path, extra: &[PathBuf]) -> Result<(), Box<dyn std::error::Error>> {
    let mut file = BufWriter::new(File::create(out.join("lessons.jsonl"))?);
    let mut write = |world: &World, looks: &[Look]| -> Result<(), Box<dyn std::error::Error>> {
        eprintln!("{}", world.name);
        for lesson in lessons(world, looks)? {
            serde_json::to_writer(&mut file, &lesson)?;
            file.write_all(b"\n")?;
        }
        Ok(())
    };
    let whole = Look { accounts: true, part: 1.0 };
    for dir in extra {
        write(&World::at(dir)?, &[whole, Look { accounts: false, ..whole }])?;
    }
    for (config, looks) in if extra.is_empty() { curriculum(plan) } else { Vec::new() } {
        write(&World::open(plan, &config)?, &looks)?;
    }
    file.flush()?;
    Ok(())
}

/// Members of a group by the networks that they were planted in.
fn planted(truth: &Truth, members: &[(String, f64)]) -> BTreeMap<String, usize> {
    let mut planted = BTreeMap::new();
    for (id, _) in members {
        let of = truth.account(id).and_then(|a| {
            truth.malicious_networks_of(a).next().or_else(|| truth.networks_of(a).first().copied())
        });
        let name = of.map_or_else(
            || "nobody".to_owned(),
            |n| format!("{} {n}", truth.networks()[n as usize].archetype),
        );
        *planted.entry(name).or_insert(0) += 1;
    }
    planted
}

/// One line a world: what a hunt finds in it.
fn score(plan: &Plan, extra: &[PathBuf]) -> Result<(), BenchError> {
    let look = |world: World| -> Result<(), BenchError> {
        let (report, _) = world.fold()?.hunt();
        let found = Found::from_report(&report);
        let score = score_found(&world.truth, &found, None)?;
        let groups: Vec<_> = found.accusing().map(|g| (&g.kind, planted(&world.truth, &g.members))).collect();
        println!("{}", serde_json::json!({"world": world.name, "score": score, "groups": groups}));
        Ok(())
    };
    for dir in extra {
        look(World::at(dir)?)?;
    }
    if extra.is_empty() {
        for (config, _) in curriculum(plan) {
            look(World::open(plan, &config)?)?;
        }
    }
    Ok(())
}

/// Part of a lesson that fitting needs.
#[derive(serde::Deserialize)]
struct Taught {
    world: String,
    members: usize,
    malicious: f64,
    planted: BTreeMap<String, usize>,
    likeness: Vec<(Likeness, bool)>,
    facts: Facts,
}

const GROWTH: Growth = Growth { trees: 150, leaves: 6, rate: 0.06, ridge: 5.0, rows_min: 30 };
/// Parts into which worlds are dealt for the error on worlds that were left out.
const FOLDS: usize = 5;

/// Fits the trees of the case to the lessons in `files` and writes them to `out`.
fn fit_case(out: &Path, files: &[PathBuf]) -> Result<(), Box<dyn std::error::Error>> {
    let mut taught: Vec<(usize, Taught)> = Vec::new();
    for (source, file) in files.iter().enumerate() {
        for line in BufReader::new(File::open(file)?).lines() {
            let lesson: Taught = serde_json::from_str(&line?)?;
            let labels = lesson.facts.identity.labels;
            let vouched = labels.licensed_reseller
                + labels.verified_researcher
                + labels.own_model_distillation
                + labels.internal;
            // Who is vouched for is never judged by the trees.
            if vouched < 0.5 {
                taught.push((source, lesson));
            }
        }
    }
    let rows: Vec<Row> = taught
        .iter()
        .map(|(_, t)| Row {
            signals: signals(&t.facts, &Readings::from(&t.facts)).to_vec(),
            campaign: t.malicious >= 0.5,
            weight: (t.members as f64).sqrt(),
        })
        .collect();
    let raises: Vec<Option<bool>> = SIGNAL.iter().map(|s| Some(s.direction == Direction::Raises)).collect();
    let world = |t: &Taught| t.world.split(" accounts ").next().unwrap_or_default().to_owned();
    let mut worlds: Vec<String> = taught.iter().map(|(_, t)| world(t)).collect();
    worlds.dedup();
    let place = |t: &Taught| worlds.iter().position(|w| *w == world(t)).unwrap_or_default();
    let fold: Vec<usize> = taught.iter().map(|(_, t)| place(t) % FOLDS).collect();
    println!("left out: a fifth of the worlds");
    report(&taught, &left_out(&rows, &raises, &fold, FOLDS, GROWTH));
    if files.len() > 1 {
        println!("left out: a whole source of worlds");
        let sources: Vec<usize> = taught.iter().map(|(s, _)| *s).collect();
        report(&taught, &left_out(&rows, &raises, &sources, files.len(), GROWTH));
    }
    let forest = fit(&rows, &raises, GROWTH);
    let mut uses: Vec<(usize, &str)> =
        forest.uses(SIGNAL.len()).into_iter().zip(SIGNAL.iter().map(|s| s.name)).collect();
    uses.sort_unstable_by(|a, b| b.cmp(a));
    println!("splits: {uses:?}");
    std::fs::write(out.join("vigie-detectors/src/case_weights.rs"), forest.source("crate::trees"))?;
    fit_patterns(out, &taught, &fold)?;
    let case = left_out(&rows, &raises, &fold, FOLDS, GROWTH);
    fit_members(out, &taught, &fold, &case)
}

const NAMING: Growth = Growth { trees: 40, leaves: 5, rate: 0.15, ridge: 3.0, rows_min: 8 };

/// Fits a forest for each detector that tells its campaigns from those of the others.
fn fit_patterns(
    out: &Path,
    taught: &[(usize, Taught)],
    fold: &[usize],
) -> Result<(), Box<dyn std::error::Error>> {
    let archetype = |t: &Taught| {
        let first =
            t.planted.iter().filter(|(name, _)| DETECTORS.iter().any(|d| name.starts_with(d.kind.id())));
        first.max_by_key(|(_, n)| **n).map(|(name, _)| name.split(' ').next().unwrap_or_default().to_owned())
    };
    let named: Vec<(&Taught, usize, String)> = taught
        .iter()
        .zip(fold)
        .filter(|((_, t), _)| t.malicious >= 0.5)
        .filter_map(|((_, t), f)| Some((t, *f, archetype(t)?)))
        .collect();
    let folds: Vec<usize> = named.iter().map(|n| n.1).collect();
    let mut odds: Vec<Vec<f64>> = Vec::new();
    for detector in DETECTORS {
        let rows: Vec<Row> = named
            .iter()
            .map(|(t, _, name)| Row {
                signals: features(&t.facts, &Readings::from(&t.facts)).to_vec(),
                campaign: name == detector.kind.id(),
                weight: (t.members as f64).sqrt(),
            })
            .collect();
        odds.push(left_out(&rows, &[None; FEATURES], &folds, FOLDS, NAMING));
        let folder = out.join("vigie-detectors/src").join(detector.kind.id().replace('-', "_"));
        std::fs::write(
            folder.join("weights.rs"),
            fit(&rows, &[None; FEATURES], NAMING).source("crate::trees"),
        )?;
    }
    println!("kind, campaigns, rightly named, in worlds that were left out");
    for (k, detector) in DETECTORS.iter().enumerate() {
        let of = || named.iter().enumerate().filter(|(_, n)| n.2 == detector.kind.id());
        let best = |i: usize| (0..DETECTORS.len()).max_by(|&a, &b| odds[a][i].total_cmp(&odds[b][i]));
        let right = of().filter(|(i, _)| best(*i) == Some(k)).count();
        println!("{} {} {}", detector.kind.id(), of().count(), right);
    }
    Ok(())
}

const MEMBERS: Growth = Growth { trees: 100, leaves: 6, rate: 0.08, ridge: 3.0, rows_min: 40 };

/// Log-odds of the case, in nats, from which a cluster's members are learned from.
const SUSPECTED: f64 = -3.5;

/// Fits the forest that tells a campaign's accounts from bystanders inside clusters that are suspected; `case` is the
/// case against each in worlds that were left out.
fn fit_members(
    out: &Path,
    taught: &[(usize, Taught)],
    fold: &[usize],
    case: &[f64],
) -> Result<(), Box<dyn std::error::Error>> {
    let victims = |t: &Taught| t.planted.keys().any(|k| k.starts_with("key-takeover"));
    let (mut rows, mut folds) = (Vec::new(), Vec::new());
    for (((_, t), fold), case) in taught.iter().zip(fold).zip(case).filter(|(_, case)| **case >= SUSPECTED) {
        for (like, belongs) in t.likeness.iter().filter(|_| !victims(t)) {
            let like = Likeness { case: *case, ..*like };
            rows.push(Row { signals: like.measures().to_vec(), campaign: *belongs, weight: 1.0 });
            folds.push(*fold);
        }
    }
    let odds = left_out(&rows, &RAISES, &folds, FOLDS, MEMBERS);
    println!("bar  bystanders that stay  members that go  of {} members of suspected clusters", rows.len());
    for bar in [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5] {
        let stay = rows.iter().zip(&odds).filter(|(r, z)| !r.campaign && **z >= bar).count();
        let go = rows.iter().zip(&odds).filter(|(r, z)| r.campaign && **z < bar).count();
        println!("{bar:4.1}  {stay:6}  {go:6}");
    }
    let forest = fit(&rows, &RAISES, MEMBERS);
    std::fs::write(out.join("vigie-hunt/src/member/weights.rs"), forest.source("vigie_detectors::trees"))?;
    Ok(())
}

/// Log-odds of every row by a forest that was fitted without the row's part.
fn left_out(rows: &[Row], raises: &[Option<bool>], part: &[usize], parts: usize, growth: Growth) -> Vec<f64> {
    let mut odds = vec![0.0; rows.len()];
    for left in 0..parts {
        let kept: Vec<Row> =
            rows.iter().zip(part).filter(|(_, p)| **p != left).map(|(r, _)| r.clone()).collect();
        let forest = fit(&kept, raises, growth);
        for ((odds, row), _) in odds.iter_mut().zip(rows).zip(part).filter(|(_, p)| **p == left) {
            *odds = forest.log_odds(&row.signals);
        }
    }
    odds
}

/// Clusters and accounts by bar.
fn report(taught: &[(usize, Taught)], odds: &[f64]) {
    println!("bar  campaigns  of  innocent clusters  of  honest accounts  recall of clustered accounts");
    let bad = |t: &Taught| t.malicious >= 0.5;
    let all = taught.iter().filter(|(_, t)| bad(t)).count();
    let accounts: f64 =
        taught.iter().filter(|(_, t)| bad(t)).map(|(_, t)| t.members as f64 * t.malicious).sum();
    for bar in [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5] {
        let over = || taught.iter().zip(odds).filter(|(_, z)| **z >= bar).map(|((_, t), _)| t);
        let right: f64 = over().filter(|t| bad(t)).map(|t| t.members as f64 * t.malicious).sum();
        let wrong: f64 = over().map(|t| t.members as f64 * (1.0 - t.malicious)).sum();
        println!(
            "{bar:4.1}  {:9}  {all}  {:17}  {}  {wrong:15.0}  {:.3}",
            over().filter(|t| bad(t)).count(),
            over().filter(|t| !bad(t)).count(),
            taught.len() - all,
            right / accounts
        );
    }
}
