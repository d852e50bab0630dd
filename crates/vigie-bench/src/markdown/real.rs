//! The section on real data.

use std::fmt::{Result, Write as _};

use crate::real::{Hop, RealData, Shares};

pub fn write(out: &mut String, real: &RealData) -> Result {
    writeln!(out, "\n## Real data, hunted from objects alone")?;
    if let Some(hop) = &real.hop {
        write_hop(out, hop)?;
    }
    if let Some(crowd) = &real.flash_crowd {
        writeln!(
            out,
            "\n### Organic flash crowd\n\n{} honest accounts with {} touches in the same hour: {} campaigns, {} accounts \
             accused, {} groups judged innocent. Right is none.",
            crowd.accounts, crowd.touches, crowd.campaigns, crowd.accused, crowd.judged_innocent
        )?;
    }
    let shares = [
        ("Shares around an election (no labels)", &real.election),
        ("Tweets of one influence operation (nobody honest beside it)", &real.operation),
    ];
    for (name, shares) in shares {
        if let Some(shares) = shares {
            write_shares(out, name, shares)?;
        }
    }
    Ok(())
}

fn write_hop(out: &mut String, hop: &Hop) -> Result {
    writeln!(
        out,
        "\n### Hop airdrop\n\n{} accounts, {} of them labelled sybil, {} transfers between them. {} sybils have no \
         transfer here: from transfers alone they cannot be found. This is half of the set on which connected components \
         of ten accounts or more reach F1 .744: transfers between the halves are gone, so the same method stands lower \
         here. The second run also sees which accounts started within the same two hours with the same volume.",
        hop.accounts, hop.sybils, hop.transfers, hop.sybils_without_transfer
    )?;
    for (sees, run) in [("transfers", &hop.transfers_alone), ("transfers and amounts", &hop.with_amounts)] {
        writeln!(out, "\n| method, from {sees} ({} touches) | against the labels |", run.touches)?;
        writeln!(out, "|---|---|")?;
        for components in &run.components {
            let size = components.accounts_min;
            writeln!(out, "| connected components of ≥ {size} accounts | {} |", components.hits)?;
        }
        writeln!(out, "| Vigie, {} campaigns | {} |", run.campaigns, run.vigie)?;
    }
    Ok(())
}

fn write_shares(out: &mut String, name: &str, shares: &Shares) -> Result {
    writeln!(
        out,
        "\n### {name}\n\n{} accounts with {} touches: {} campaigns with {} memberships, the largest of {} accounts; {} groups \
         judged innocent. Reported, not scored.",
        shares.accounts,
        shares.touches,
        shares.campaigns,
        shares.members,
        shares.largest,
        shares.judged_innocent
    )
}
