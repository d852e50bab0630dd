//! The page of a benchmark run, as Markdown.

mod load;
mod real;

use std::fmt::{Result, Write as _};

use vigie_sim::score::{Lag, Score, figure};

use crate::ablation::Ablation;
use crate::accuracy::WorldResult;
use crate::baselines::BASELINES;
use crate::compare::Comparison;
use crate::plan::SEED_FIRST;
use crate::quiet::Quiet;
use crate::report::BenchReport;
use crate::speed::Speed;
use crate::sweeps::Sweep;
use crate::worlds::thousands;

impl BenchReport {
    /// The whole page. The same report gives the same text.
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> Result {
        self.write_head(out)?;
        self.write_targets(out)?;
        for world in &self.accuracy {
            write_world(out, world)?;
        }
        if !self.baselines.is_empty() {
            write_baselines(out, &self.baselines)?;
        }
        if let Some(ablation) = &self.ablation {
            write_ablation(out, ablation)?;
        }
        for (i, sweep) in self.sweeps.iter().enumerate() {
            if i == 0 {
                writeln!(out, "\n## Where it begins to fail")?;
            }
            write_sweep(out, sweep)?;
        }
        if let Some(quiet) = &self.quiet {
            write_quiet(out, quiet)?;
        }
        if let Some(real) = &self.real {
            real::write(out, real)?;
        }
        if let Some(speed) = &self.speed {
            write_speed(out, speed)?;
        }
        if let Some(load) = &self.load {
            load::write(out, load)?;
        }
        Ok(())
    }

    fn write_head(&self, out: &mut String) -> Result {
        writeln!(out, "# Benchmarks\n")?;
        writeln!(
            out,
            "Written by `vigie bench`. Worlds have seeds from {SEED_FIRST} on; none of them was used for tuning. The hunt \
             runs at the shipped settings everywhere."
        )?;
        if self.quick {
            writeln!(
                out,
                "\n**A quick run: small worlds, few seeds. It shows that everything runs, and no more.**"
            )?;
        }
        let machine = &self.machine;
        let processor = machine.processor.as_deref().unwrap_or("unknown processor");
        let memory = machine.memory_mib.map_or_else(String::new, |mib| format!(", {mib} MiB of memory"));
        writeln!(out, "\nMachine: {} cores of {processor}{memory}.", machine.cores)?;
        let absent = self.absent();
        if !absent.is_empty() {
            writeln!(out, "\n**Not measured in this file**: {}.", absent.join(", "))?;
        }
        for remark in &self.remarks {
            writeln!(out, "\n{remark}")?;
        }
        Ok(())
    }

    fn write_targets(&self, out: &mut String) -> Result {
        let targets = self.targets();
        if targets.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n## Promised and measured\n")?;
        writeln!(out, "The worst over all worlds of this page.\n")?;
        writeln!(out, "| | promised | measured | |")?;
        writeln!(out, "|---|---|---|---|")?;
        for target in targets {
            let kept = if target.kept { "kept" } else { "**not kept**" };
            writeln!(out, "| {} | {} | {} | {kept} |", target.what, target.promised, target.measured)?;
        }
        Ok(())
    }
}

fn write_world(out: &mut String, result: &WorldResult) -> Result {
    let score = &result.score;
    let world = &score.world;
    writeln!(out, "\n## World of {}\n", result.world)?;
    writeln!(
        out,
        "{} accounts; {} malicious ones ({} of them mixed; {} more were meant for a network, sent nothing for \
         it and are counted as neither) in {} networks; {} innocent look-alikes. Read and folded in {:.1} s, hunted in \
         {:.1} s.\n",
        world.accounts,
        world.malicious,
        world.mixed,
        world.idle,
        world.networks,
        world.look_alikes,
        result.fold.wall_s,
        result.hunt.wall_s
    )?;
    write_figures(out, score)?;
    writeln!(
        out,
        "\n| network's pattern | networks | recovered | under the right kind | accounts | recall |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for row in &score.archetypes {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {:.3} |",
            row.archetype, row.networks, row.recovered, row.kind_is_right, row.accounts, row.recall
        )?;
    }
    if !score.accounts.by_served.is_empty() {
        writeln!(out, "\n| exchanges that an account sent for its network | accounts | recall |")?;
        writeln!(out, "|---|---|---|")?;
        for (range, bucket) in score.accounts.served_ranges() {
            let recall = bucket.accused as f64 / bucket.accounts as f64;
            writeln!(out, "| {range} | {} | {recall:.3} |", bucket.accounts)?;
        }
    }
    writeln!(
        out,
        "\n| innocent look-alike | networks | any member accused | a fifth accused | accounts accused |"
    )?;
    writeln!(out, "|---|---|---|---|---|")?;
    for row in &score.innocents.look_alikes {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} of {} |",
            row.archetype, row.networks, row.any_accused, row.fifth_accused, row.accused, row.accounts
        )?;
    }
    writeln!(out, "\nOther honest accounts accused: {}.", score.innocents.others_accused)?;
    if let Some(lag) = &score.lag {
        write_lag(out, lag)?;
    }
    Ok(())
}

fn write_figures(out: &mut String, score: &Score) -> Result {
    writeln!(out, "| figure | value |")?;
    writeln!(out, "|---|---|")?;
    writeln!(out, "| accounts at the hunt's cut-offs | {} |", score.accounts.hits)?;
    for at in &score.recall_at {
        let (rate, allowed) = (at.per_million.unwrap_or_default(), at.allowed);
        writeln!(
            out,
            "| recall at {rate:.0} false per million honest (here {allowed}) | {:.3} |",
            at.recall
        )?;
    }
    let b = &score.b_cubed;
    writeln!(
        out,
        "| B-cubed precision, recall, F1 | {}, {}, {} |",
        figure(b.precision, 3),
        figure(b.recall, 3),
        figure(b.f1, 3)
    )?;
    let recovered = &score.recovered;
    writeln!(
        out,
        "| networks recovered (Jaccard ≥ 0.5) | {} of {}; {} of {} with ≥ 20 accounts |",
        recovered.recovered, recovered.networks, recovered.large_recovered, recovered.large
    )?;
    let purity = &score.purity;
    writeln!(
        out,
        "| campaigns | {} accuse, purity {}; {} groups judged innocent |",
        purity.campaigns,
        figure(purity.weighted, 3),
        purity.judged_innocent
    )?;
    if let Some(exchanges) = &score.exchanges {
        writeln!(out, "| exchanges in mixed accounts | {} |", exchanges.mixed)?;
        writeln!(out, "| of those at ε ≥ 10 % | {} |", exchanges.mixed_from_tenth)?;
        for (range, bucket) in exchanges.ranges() {
            writeln!(out, "| of those at {range} ({} accounts) | {} |", bucket.accounts, bucket.hits)?;
        }
    }
    let calibration = &score.calibration;
    writeln!(
        out,
        "| scores: Brier, expected calibration error | {}, {} |",
        figure(calibration.brier, 4),
        figure(calibration.expected_error, 4)
    )
}

fn write_lag(out: &mut String, lag: &Lag) -> Result {
    let percent =
        |share: Option<f64>| share.map_or_else(|| "never".to_owned(), |s| format!("{:.1} %", s * 100.0));
    writeln!(
        out,
        "\nDetection lag: median {} of a campaign's volume served before a hunt over the log so far names it; {} of {} \
         never named. Measured at checkpoints of 1 to 100 % by bisection ({} hunts), since naming is nearly monotone ({} \
         networks were named and lost again).\n",
        percent(lag.median),
        lag.never,
        lag.networks.len(),
        lag.hunts,
        lag.reversals
    )?;
    writeln!(out, "| network's pattern | accounts | exchanges | named at | after |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for network in &lag.networks {
        let hours = network.hours.map_or_else(|| "–".to_owned(), |h| format!("{h:.1} h"));
        writeln!(
            out,
            "| {} | {} | {} | {} | {hours} |",
            network.archetype,
            network.accounts,
            network.volume,
            percent(network.share)
        )?;
    }
    Ok(())
}

fn write_baselines(out: &mut String, comparisons: &[Comparison]) -> Result {
    writeln!(out, "\n## Beside detectors from the literature\n")?;
    writeln!(
        out,
        "Each baseline is reimplemented from its paper over the same log and shown at the best of its settings, chosen \
         with the truth in hand. Vigie has one setting.\n"
    )?;
    writeln!(out, "| baseline | source | adapted |")?;
    writeln!(out, "|---|---|---|")?;
    for baseline in BASELINES {
        writeln!(out, "| {} | {} | {} |", baseline.name, baseline.source, baseline.adapted)?;
    }
    for comparison in comparisons {
        let allowed: Vec<String> = comparison.allowed.iter().map(u64::to_string).collect();
        writeln!(
            out,
            "\nWorld: {}. Recall of malicious accounts at 10, 100 and 1,000 false accounts per million honest ({} here), \
             and at the {} false accounts that Vigie has at its own cut-offs.\n",
            comparison.world,
            allowed.join(", "),
            comparison.vigie_false
        )?;
        writeln!(
            out,
            "| method | setting (tried) | at 10 | at 100 | at 1,000 | at Vigie's | own precision | own recall | B-cubed F1 | \
             networks | look-alikes | CPU s |"
        )?;
        writeln!(out, "|---|---|---|---|---|---|---|---|---|---|---|---|")?;
        for m in &comparison.methods {
            let at: Vec<String> = m.recall_at.iter().map(|r| format!("{r:.3}")).collect();
            writeln!(
                out,
                "| {} | {} ({}) | {} | {:.3} | {} | {} | {} | {} of {} | {} | {} |",
                m.name,
                m.setting,
                m.settings,
                at.join(" | "),
                m.recall_at_vigie,
                figure(m.precision, 3),
                figure(m.recall, 3),
                figure(m.b_cubed_f1, 3),
                m.recovered,
                m.networks,
                m.look_alikes,
                figure(m.cost.cpu_s, 0)
            )?;
        }
    }
    Ok(())
}

fn write_ablation(out: &mut String, ablation: &Ablation) -> Result {
    writeln!(out, "\n## What pooling gives\n")?;
    writeln!(
        out,
        "One content test (distance of traffic from benign traffic) per account, over the accounts of a campaign that the \
         hunt found, and over the accounts of a planted network as if every network were found. All at {:.0} % of false \
         alarms, on honest accounts and on groups of honest accounts. World: {}.\n",
        ablation.false_rate * 100.0,
        ablation.world
    )?;
    writeln!(
        out,
        "| exchanges of the account | malicious accounts | alone | pooled, as found | pooled, as planted |"
    )?;
    writeln!(out, "|---|---|---|---|---|")?;
    for class in &ablation.classes {
        let volume = class.exchanges_max.map_or_else(|| "more".to_owned(), |max| format!("up to {max}"));
        writeln!(
            out,
            "| {volume} | {} | {:.3} | {:.3} | {:.3} |",
            class.accounts, class.alone, class.pooled, class.planted
        )?;
    }
    writeln!(
        out,
        "\nPooling adds power, not judgement: {} of {} innocent look-alikes pass the pooled test as well. That is why a \
         hunt tests more than content and tries innocent explanations.",
        ablation.look_alikes_passing, ablation.look_alikes
    )
}

fn write_sweep(out: &mut String, sweep: &Sweep) -> Result {
    let has_slices = sweep.points.iter().any(|p| p.exchange_f1.is_some());
    writeln!(out, "\n### {}\n\n{}.\n", sweep.knob, sentence(&sweep.unit))?;
    let slices = if has_slices { " exchange F1 |" } else { "" };
    writeln!(
        out,
        "| value | account recall | networks recovered | false accounts |{slices} recovered by pattern |"
    )?;
    writeln!(out, "|---|---|---|---|---|{}", if has_slices { "---|" } else { "" })?;
    for point in &sweep.points {
        let recall = point.accused as f64 / point.accounts.max(1) as f64;
        let by: Vec<String> =
            point.by_archetype.iter().map(|(name, part, of)| format!("{name} {part}/{of}")).collect();
        let slices = if has_slices { format!(" {} |", figure(point.exchange_f1, 3)) } else { String::new() };
        writeln!(
            out,
            "| {} | {recall:.3} | {} of {} | {} |{slices} {} |",
            point.value,
            point.recovered,
            point.networks,
            point.false_accounts,
            by.join(", ")
        )?;
    }
    Ok(())
}

fn write_quiet(out: &mut String, quiet: &Quiet) -> Result {
    writeln!(out, "\n## Worlds without any campaign\n")?;
    writeln!(
        out,
        "{} worlds of {} exchanges, honest accounts and innocent look-alikes only: {} hunts report a campaign ({} campaigns, \
         {} of {} accounts accused). Promised: at most {:.0} % of hunts.",
        quiet.worlds,
        thousands(quiet.exchanges as usize),
        quiet.reporting,
        quiet.campaigns,
        quiet.accused,
        quiet.accounts,
        quiet.promised * 100.0
    )?;
    for (archetype, accounts) in &quiet.accused_by_archetype {
        writeln!(out, "- {archetype}: {accounts} accounts accused")?;
    }
    Ok(())
}

fn write_speed(out: &mut String, speed: &Speed) -> Result {
    writeln!(out, "\n## Speed\n")?;
    writeln!(
        out,
        "World: {} ({} exchanges, {} campaigns found). Folding alone, one core, text in memory: {:.0} prompts of {:.0} bytes \
         a second.\n",
        speed.world, speed.exchanges, speed.campaigns, speed.prompts_per_s, speed.prompt_bytes
    )?;
    writeln!(out, "| stage | wall s | CPU s | exchanges per s | memory before, MiB | peak, MiB |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    let count = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), |v| v.to_string());
    for (stage, cost) in [("read Parquet and fold", &speed.fold), ("hunt", &speed.hunt)] {
        writeln!(
            out,
            "| {stage} | {:.1} | {} | {:.0} | {} | {} |",
            cost.wall_s,
            figure(cost.cpu_s, 1),
            speed.exchanges as f64 / cost.wall_s.max(1e-9),
            count(cost.before_mib),
            count(cost.peak_mib)
        )?;
    }
    Ok(())
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
