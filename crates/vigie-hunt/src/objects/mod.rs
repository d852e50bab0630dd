//! Hunting from the smallest input: who touched what, when.
//!
//! Two accounts are linked when they touch each other and appeared close in time, or when they share objects that are
//! rare, closer in time than the population's own clock makes likely ([`links`]). Groups are communities of both kinds
//! of links, and a group counts only when groups as tight hardly arise in the same table with its objects and contacts
//! redrawn at random ([`groups`], [`incidence`]). What is more than chance is not yet guilt: dealings among a few,
//! flash crowds and popular objects are tried as explanations before anybody is accused ([`judge`]).
//!
//! Sources: lockstep of account, object and time as in SynchroTrap (Cao et al., CCS 2014) and CopyCatch (Beutel et al.,
//! WWW 2013); rare shared objects as in Pacheco et al. (ICWSM 2021); a null that keeps degrees (Molloy & Reed 1995);
//! Leiden (Traag et al. 2019) with modularity or the constant Potts model; Benjamini & Hochberg (1995).

mod groups;
mod incidence;
mod judge;
mod links;
mod report;
mod rng;
mod table;
#[cfg(test)]
mod tests;

use vigie_model::{DetectorHealth, HuntReport, HuntSummary, Kind, ObjectTouch, Severity, Sight};

use crate::{Progress, Settings, Window};

/// Groups that were judged innocent and are written all the same, at most.
const CLEARED_MAX: usize = 200;

/// Links and clusters accounts from account, object and time alone.
///
/// An object whose id is an account's id joins the two directly. The answer does not depend on the order of the touches
/// and depends on `settings.seed` only through the draws from the null model. Holds the whole table: about 24 bytes a
/// touch and each name once. O(T log T) for T touches, times the number of draws for the null model.
pub fn hunt_objects(
    touches: &mut dyn Iterator<Item = ObjectTouch>,
    window: Window,
    settings: &Settings,
    progress: &dyn Progress,
) -> HuntReport {
    progress.stage("reading touches", None);
    let table = table::Table::read(touches, window, |n| progress.advance(n));
    let incidence = incidence::Incidence::new(&table);
    progress.stage("comparing with chance", Some(1 + groups::DRAWS));
    let found = groups::Found::new(&incidence, settings.accounts_min, settings.seed, |n| progress.advance(n));
    let told = report::Told { table: &table, incidence: &incidence, found: &found };
    let mut report = HuntReport { summary: summary(&told, settings), ..HuntReport::default() };
    let mut cleared = 0;
    for judged in judge::judge(&table, &incidence, &found, settings.alpha) {
        cleared += usize::from(judged.severity == Severity::None);
        if judged.severity == Severity::None && cleared > CLEARED_MAX {
            continue;
        }
        let (campaign, members) = told.campaign(&judged);
        report.campaigns.push(campaign);
        report.members.extend(members);
    }
    let accusing = report.campaigns.iter().filter(|c| c.accuses()).count() as u64;
    report.summary.detectors = vec![DetectorHealth {
        kind: Kind::CoordinatedAccounts,
        sight: Sight::Full,
        missing: Vec::new(),
        campaigns: accusing,
    }];
    report
}

fn summary(told: &report::Told<'_>, settings: &Settings) -> HuntSummary {
    let (table, incidence) = (told.table, told.incidence);
    let most = links::holders_max(incidence.accounts());
    let shared = (0..incidence.objects()).filter(|&o| (2..=most).contains(&incidence.holders(o).len()));
    let span = table.span();
    HuntSummary {
        exchanges: table.rows.len() as u64,
        duplicates: table.duplicates,
        outside_window: table.outside_window,
        accounts: table.accounts.len() as u64,
        first_seen: span.map(|s| s.0),
        last_seen: span.map(|s| s.1),
        rare_objects: (shared.count() + incidence.degree.iter().filter(|d| **d > 0).count()) as u64,
        links: (told.found.contacts.edges() + told.found.coincidences.len()) as u64,
        clusters: told.found.groups.len() as u64,
        alpha: settings.alpha,
        seed: settings.seed,
        ..HuntSummary::default()
    }
}
