//! A score as text for a terminal.

use std::fmt::Write as _;

use super::exchanges::ExchangeFigures;
use super::lag::Lag;
use super::show::figure;
use super::{LARGE_ACCOUNTS, Score};

impl Score {
    /// Every figure as plain text, at most 110 columns wide.
    pub fn table(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let world = &self.world;
        writeln!(
            out,
            "World      {} accounts, {} malicious ({} mixed) in {} networks; {} innocent look-alikes",
            world.accounts, world.malicious, world.mixed, world.networks, world.look_alikes
        )?;
        if world.idle > 0 {
            writeln!(
                out,
                "           {} more were meant for a network, sent nothing for it and are counted as neither",
                world.idle
            )?;
        }
        self.write_accounts(out)?;
        self.write_groups(out)?;
        self.write_networks(out)?;
        self.write_innocents(out)?;
        if let Some(exchanges) = &self.exchanges {
            write_exchanges(out, exchanges)?;
        }
        if let Some(lag) = &self.lag {
            write_lag(out, lag)?;
        }
        Ok(())
    }

    fn write_accounts(&self, out: &mut String) -> std::fmt::Result {
        let accounts = &self.accounts;
        writeln!(out, "Accounts   {}", accounts.hits)?;
        if let Some(rate) = accounts.false_per_million {
            writeln!(out, "           {rate:.0} false accounts per million honest")?;
        }
        if accounts.unknown > 0 {
            writeln!(out, "           {} accused accounts are not in the truth", accounts.unknown)?;
        }
        for at in &self.recall_at {
            let rate = at.per_million.unwrap_or_default();
            let allowed = at.allowed;
            writeln!(
                out,
                "           recall {:.3} at {rate:.0} false per million ({allowed} here)",
                at.recall
            )?;
        }
        for (range, bucket) in accounts.served_ranges() {
            writeln!(
                out,
                "           {} of {} accused that sent {range} for their network",
                bucket.accused, bucket.accounts
            )?;
        }
        let calibration = &self.calibration;
        if let (Some(brier), Some(error)) = (calibration.brier, calibration.expected_error) {
            writeln!(out, "Scores     Brier {brier:.4}, expected calibration error {error:.4}")?;
            for bin in &calibration.bins {
                writeln!(
                    out,
                    "           {:.1}–{:.1}  {:>7} accounts  score {:.3}  right {:.3}",
                    bin.from,
                    bin.from + 0.1,
                    bin.accounts,
                    bin.score,
                    bin.observed
                )?;
            }
        }
        Ok(())
    }

    fn write_groups(&self, out: &mut String) -> std::fmt::Result {
        let (b, recovered, purity) = (&self.b_cubed, &self.recovered, &self.purity);
        writeln!(
            out,
            "Groups     B-cubed precision {} recall {} F1 {}",
            figure(b.precision, 3),
            figure(b.recall, 3),
            figure(b.f1, 3)
        )?;
        writeln!(
            out,
            "           {} of {} networks recovered; {} of {} with {LARGE_ACCOUNTS} accounts or more",
            recovered.recovered, recovered.networks, recovered.large_recovered, recovered.large
        )?;
        writeln!(
            out,
            "           {} campaigns accuse, purity {} (mean {}), {} without any malicious account; {} judged innocent",
            purity.campaigns,
            figure(purity.weighted, 3),
            figure(purity.mean, 3),
            purity.empty_handed,
            purity.judged_innocent
        )
    }

    fn write_networks(&self, out: &mut String) -> std::fmt::Result {
        if self.networks.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{:<24} {:<16} {:>8} {:>7} {:>7}  campaign",
            "archetype", "network", "accounts", "Jaccard", "accused"
        )?;
        for n in &self.networks {
            let campaign = match (&n.campaign_id, &n.kind) {
                (Some(id), Some(kind)) if n.kind_is_right => format!("{id} {kind}"),
                (Some(id), Some(kind)) => format!("{id} {kind} (other kind)"),
                _ => "–".to_owned(),
            };
            writeln!(
                out,
                "{:<24} {:<16} {:>8} {:>7.3} {:>7.3}  {}{campaign}",
                cut(&n.archetype, 24),
                cut(&n.network_id, 16),
                n.accounts,
                n.jaccard,
                n.accused,
                if n.recovered { "" } else { "MISSED " }
            )?;
        }
        writeln!(
            out,
            "\n{:<24} {:>9} {:>10} {:>9} {:>7}",
            "archetype", "recovered", "right kind", "accounts", "recall"
        )?;
        for a in &self.archetypes {
            let of = |part: u64| format!("{part}/{}", a.networks);
            writeln!(
                out,
                "{:<24} {:>9} {:>10} {:>9} {:>7.3}",
                cut(&a.archetype, 24),
                of(a.recovered),
                of(a.kind_is_right),
                a.accounts,
                a.recall
            )?;
        }
        Ok(())
    }

    fn write_innocents(&self, out: &mut String) -> std::fmt::Result {
        let innocents = &self.innocents;
        if !innocents.look_alikes.is_empty() {
            writeln!(
                out,
                "\n{:<24} {:>8} {:>12} {:>13} {:>17}",
                "innocent look-alike", "networks", "any accused", "a fifth so", "accounts accused"
            )?;
        }
        for row in &innocents.look_alikes {
            writeln!(
                out,
                "{:<24} {:>8} {:>12} {:>13} {:>17}",
                cut(&row.archetype, 24),
                row.networks,
                row.any_accused,
                row.fifth_accused,
                format!("{}/{}", row.accused, row.accounts)
            )?;
        }
        writeln!(out, "Other honest accounts accused: {}", innocents.others_accused)
    }
}

fn write_exchanges(out: &mut String, exchanges: &ExchangeFigures) -> std::fmt::Result {
    writeln!(out, "\nExchanges  in mixed accounts: {}", exchanges.mixed)?;
    writeln!(out, "           of those with ε ≥ 10 %: {}", exchanges.mixed_from_tenth)?;
    for (range, bucket) in exchanges.ranges() {
        writeln!(out, "           {range:<12} {:>6} accounts  {}", bucket.accounts, bucket.hits)?;
    }
    writeln!(out, "           in all accounts: {}", exchanges.all)
}

fn write_lag(out: &mut String, lag: &Lag) -> std::fmt::Result {
    let percent =
        |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |s| format!("{:.1} %", s * 100.0));
    writeln!(
        out,
        "\nLag        median {} of a campaign's volume served before naming; {} of {} never named; {} hunts, {} reversals",
        percent(lag.median),
        lag.never,
        lag.networks.len(),
        lag.hunts,
        lag.reversals
    )?;
    for n in &lag.networks {
        let hours = n.hours.map_or_else(|| "–".to_owned(), |h| format!("{h:.1} h"));
        writeln!(
            out,
            "{:<24} {:<16} {:>8} accounts {:>8} exchanges  {:>8}  {:>9}",
            cut(&n.archetype, 24),
            cut(&n.network_id, 16),
            n.accounts,
            n.volume,
            percent(n.share),
            hours
        )?;
    }
    Ok(())
}

fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        text.to_owned()
    } else {
        text.chars().take(chars - 1).chain(['…']).collect()
    }
}
