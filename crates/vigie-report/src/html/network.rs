//! The picture of a campaign's network: a force layout computed here, drawn as SVG.
//!
//! Deterministic: it starts from a low-discrepancy sequence and uses only `+ − × ÷ √`, which IEEE 754 defines to the
//! last bit, so that the same hunt gives the same picture on every machine.

use std::fmt::Write as _;

use vigie_model::{Campaign, Layer, NetworkEdge};

use super::escape::Esc;
use crate::words;

/// Most members that one picture shows.
const NODES_MAX: usize = 160;
/// Most links that one picture shows.
const EDGES_MAX: usize = 640;
/// Rounds of the layout; enough for [`NODES_MAX`] to settle.
const ROUNDS: usize = 140;
/// Size of the picture in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 440.0;
const MARGIN: f64 = 20.0;

/// What the page's script needs to walk the picture: members, and links as `[a, b, layer]`.
#[derive(serde::Serialize)]
pub(crate) struct NetworkData<'a> {
    nodes: Vec<&'a str>,
    scores: Vec<f64>,
    edges: Vec<(u32, u32, u8)>,
}

/// The part of the network that is drawn: the first members, and the strongest links between them.
struct Drawn<'a> {
    count: usize,
    edges: Vec<&'a NetworkEdge>,
}

fn drawn(campaign: &Campaign) -> Drawn<'_> {
    let count = campaign.network_nodes.len().min(NODES_MAX);
    let inside = |e: &&NetworkEdge| (e.a as usize) < count && (e.b as usize) < count && e.a != e.b;
    let mut edges: Vec<&NetworkEdge> = campaign.network_edges.iter().filter(inside).collect();
    edges.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
    edges.truncate(EDGES_MAX);
    Drawn { count, edges }
}

/// Data for the script.
pub(crate) fn data(campaign: &Campaign) -> NetworkData<'_> {
    let Drawn { count, edges } = drawn(campaign);
    let nodes = &campaign.network_nodes[..count];
    NetworkData {
        nodes: nodes.iter().map(|n| n.account_id.as_str()).collect(),
        scores: nodes.iter().map(|n| (n.score * 1000.0).round() / 1000.0).collect(),
        edges: edges.iter().map(|e| (e.a, e.b, e.layer as u8)).collect(),
    }
}

/// The picture with its legend, or a sentence where there is nothing to draw.
pub(crate) fn picture(campaign: &Campaign, id: &str) -> String {
    let Drawn { count, edges } = drawn(campaign);
    if count == 0 || edges.is_empty() {
        return "<p class=\"soft\">This hunt recorded no links to draw.</p>".to_owned();
    }
    let places = layout(count, &edges);
    let layers: Vec<Layer> = Layer::ALL.into_iter().filter(|l| edges.iter().any(|e| e.layer == *l)).collect();
    let mut out = String::with_capacity(32 * 1024);
    let _ = write!(
        out,
        "<figure class=\"network\"><div class=\"stage\" tabindex=\"0\" role=\"group\" \
         aria-label=\"Network of {} members; arrow keys walk from member to member\" data-network=\"{id}\">\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        count,
        Esc(&described(campaign, count, &edges, &layers))
    );
    for &layer in &layers {
        let _ = write!(out, "<path class=\"link layer-{}\" d=\"", layer as u8);
        for edge in edges.iter().filter(|e| e.layer == layer) {
            let (a, b) = (places[edge.a as usize], places[edge.b as usize]);
            let _ = write!(out, "M{:.0} {:.0}L{:.0} {:.0}", a.0, a.1, b.0, b.1);
        }
        out.push_str("\"/>");
    }
    out.push_str("<g class=\"lit\"></g>");
    for (node, place) in campaign.network_nodes.iter().zip(&places) {
        let radius = 1.5 + 3.5 * node.score.clamp(0.0, 1.0);
        let _ = write!(out, "<circle cx=\"{:.0}\" cy=\"{:.0}\" r=\"{radius:.1}\"/>", place.0, place.1);
    }
    out.push_str("</svg></div><figcaption>");
    legend(&mut out, &layers, &edges);
    let _ = write!(
        out,
        "<output class=\"told\" aria-live=\"polite\">Point at a member, or walk with the arrow keys.</output>\
         <p class=\"soft\">{} of {} members and their {} strongest links. A line has the colour of the strongest \
         thing that its two ends share; a bigger dot is a surer member.</p></figcaption></figure>",
        words::count(count as u64),
        words::count(campaign.accounts),
        words::count(edges.len() as u64),
    );
    out
}

/// One sentence that stands in for the picture.
fn described(campaign: &Campaign, count: usize, edges: &[&NetworkEdge], layers: &[Layer]) -> String {
    let per_layer: Vec<String> = layers
        .iter()
        .map(|l| format!("{} by {}", edges.iter().filter(|e| e.layer == *l).count(), l.name()))
        .collect();
    format!(
        "{count} of {} members, {} links drawn: {}",
        words::count(campaign.accounts),
        edges.len(),
        per_layer.join(", ")
    )
}

fn legend(out: &mut String, layers: &[Layer], edges: &[&NetworkEdge]) {
    out.push_str("<ul class=\"legend\">");
    for &layer in layers {
        let links = edges.iter().filter(|e| e.layer == layer).count() as u64;
        let _ = write!(
            out,
            "<li><svg viewBox=\"0 0 20 8\" width=\"20\" height=\"8\" aria-hidden=\"true\">\
             <path class=\"key layer-{}\" d=\"M0 4H20\"/></svg>\
             <b>{}</b> <span class=\"soft\">{} · {}</span></li>",
            layer as u8,
            layer.name(),
            words::layer_meaning(layer),
            words::counted(links, "link"),
        );
    }
    out.push_str("</ul>");
}

/// Fruchterman–Reingold (1991) with gravity, which keeps unlinked parts in the picture. O(rounds · n²).
fn layout(count: usize, edges: &[&NetworkEdge]) -> Vec<(f64, f64)> {
    let mut at: Vec<(f64, f64)> = (0..count).map(|i| (halton(i + 1, 2), halton(i + 1, 3))).collect();
    let spring = (1.0 / count as f64).sqrt() * 0.8;
    let mut degree = vec![1.0_f64; count];
    for edge in edges {
        degree[edge.a as usize] += 1.0;
        degree[edge.b as usize] += 1.0;
    }
    for round in 0..ROUNDS {
        let step = 0.08 * (1.0 - round as f64 / ROUNDS as f64) + 0.001;
        let forces = forces(&at, edges, &degree, spring);
        for (place, force) in at.iter_mut().zip(forces) {
            let length = (force.0 * force.0 + force.1 * force.1).sqrt().max(1e-9);
            let move_by = length.min(step) / length;
            place.0 += force.0 * move_by;
            place.1 += force.1 * move_by;
        }
    }
    fitted(&at)
}

fn forces(at: &[(f64, f64)], edges: &[&NetworkEdge], degree: &[f64], spring: f64) -> Vec<(f64, f64)> {
    /// Pull to the middle; weaker sideways, since the picture is wider than high.
    const GRAVITY: (f64, f64) = (0.9, 1.8);
    let mut out: Vec<(f64, f64)> =
        at.iter().map(|p| ((0.5 - p.0) * GRAVITY.0 * spring, (0.5 - p.1) * GRAVITY.1 * spring)).collect();
    for i in 0..at.len() {
        for j in 0..i {
            let (dx, dy) = (at[i].0 - at[j].0, at[i].1 - at[j].1);
            let squared = (dx * dx + dy * dy).max(1e-6);
            let push = spring * spring / squared;
            out[i].0 += dx * push;
            out[i].1 += dy * push;
            out[j].0 -= dx * push;
            out[j].1 -= dy * push;
        }
    }
    for edge in edges {
        let (a, b) = (edge.a as usize, edge.b as usize);
        let (dx, dy) = (at[a].0 - at[b].0, at[a].1 - at[b].1);
        // Shared out over the busier end, or a hub would draw everybody into one dot.
        let pull = (dx * dx + dy * dy).sqrt() / spring / degree[a].max(degree[b]).sqrt();
        out[a].0 -= dx * pull;
        out[a].1 -= dy * pull;
        out[b].0 += dx * pull;
        out[b].1 += dy * pull;
    }
    out
}

/// Into the picture's frame, each axis by itself.
fn fitted(at: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let range = |pick: fn(&(f64, f64)) -> f64| {
        at.iter().map(pick).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, right), (top, bottom)) = (range(|p| p.0), range(|p| p.1));
    let scale = |v: f64, low: f64, high: f64, size: f64| match high - low {
        span if span > 1e-9 => MARGIN + (v - low) / span * (size - 2.0 * MARGIN),
        _ => size / 2.0,
    };
    at.iter().map(|p| (scale(p.0, left, right, WIDTH), scale(p.1, top, bottom, HEIGHT))).collect()
}

/// The `index`-th point of the Halton sequence in `base`: evenly spread, no two alike.
fn halton(index: usize, base: usize) -> f64 {
    let (mut index, mut part, mut sum) = (index, 1.0, 0.0);
    while index > 0 {
        part /= base as f64;
        sum += part * (index % base) as f64;
        index /= base;
    }
    sum
}

#[cfg(test)]
mod tests {
    use vigie_model::NetworkEdge;

    use super::*;

    #[test]
    fn linked_members_stand_closer_than_strangers() {
        // Two rings of ten, one link between them.
        let ring = |from: u32| {
            (0..10).map(move |i| NetworkEdge {
                a: from + i,
                b: from + (i + 1) % 10,
                weight: 1.0,
                layer: Layer::Content,
            })
        };
        let edges: Vec<NetworkEdge> = ring(0).chain(ring(10)).collect();
        let refs: Vec<&NetworkEdge> = edges.iter().collect();
        let at = layout(20, &refs);
        let distance =
            |a: usize, b: usize| ((at[a].0 - at[b].0).powi(2) + (at[a].1 - at[b].1).powi(2)).sqrt();
        let linked: f64 = refs.iter().map(|e| distance(e.a as usize, e.b as usize)).sum::<f64>() / 20.0;
        let strangers: f64 = (0..10).map(|i| distance(i, 10 + i)).sum::<f64>() / 10.0;
        assert!(linked * 1.5 < strangers, "linked {linked:.0}, strangers {strangers:.0}");
        assert!(at.iter().all(|p| (0.0..=WIDTH).contains(&p.0) && (0.0..=HEIGHT).contains(&p.1)));
    }

    #[test]
    fn links_to_members_that_are_not_drawn_are_left_out() {
        let mut campaign = crate::sample::report().campaigns.swap_remove(0);
        campaign.network_edges.push(NetworkEdge { a: 0, b: u32::MAX, weight: 99.0, layer: Layer::Payment });
        assert!(drawn(&campaign).edges.iter().all(|e| e.b != u32::MAX));
        assert!(picture(&campaign, "x").contains("<svg"));
    }
}
