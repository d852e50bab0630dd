// ForceAtlas2 on bare columns: no graph is built for it, which for 25,000 accounts costs more than the layout.
import iterate from "graphology-layout-forceatlas2/iterate.js";
import type { Links } from "./groups";

/** Columns of a node and of a link in the library's arrays. */
const NODE = 10;
const LINK = 3;
const settings = (nodes: number) => ({
  linLogMode: false, outboundAttractionDistribution: false, adjustSizes: false, edgeWeightInfluence: 1, scalingRatio: 10,
  strongGravityMode: true, gravity: 0.8, slowDown: 1 + Math.log(Math.max(1, nodes)),
  barnesHutOptimize: nodes > 500, barnesHutTheta: 0.5,
});

/** A layout that goes on from `places` by so many rounds each time that it is asked. */
export function forces(nodes: number, links: Links, places: Float32Array): (rounds: number) => Float32Array {
  const body = new Float32Array(nodes * NODE);
  const ties = new Float32Array(links.a.length * LINK);
  for (let i = 0; i < nodes; i += 1) {
    body[i * NODE] = places[2 * i]!;
    body[i * NODE + 1] = places[2 * i + 1]!;
    body[i * NODE + 6] = 1; // mass
    body[i * NODE + 7] = 1; // convergence
    body[i * NODE + 8] = 1; // size
  }
  links.a.forEach((a, e) => {
    const b = links.b[e]!;
    const weight = links.weight[e]!;
    body[a * NODE + 6]! += weight;
    body[b * NODE + 6]! += weight;
    ties[e * LINK] = a * NODE;
    ties[e * LINK + 1] = b * NODE;
    ties[e * LINK + 2] = weight;
  });
  const wanted = settings(nodes);
  return (rounds) => {
    for (let i = 0; i < rounds; i += 1) iterate(wanted, body, ties);
    return Float32Array.from({ length: 2 * nodes }, (_, i) => body[(i >> 1) * NODE + (i & 1)]!);
  };
}

/** Puts a layout into a disc: its middle to the middle, nearly all of it inside, strays on the rim. */
export function fit(places: Float32Array, x: number, y: number, radius: number): Float32Array {
  const count = places.length / 2;
  let [left, top] = [0, 0];
  for (let i = 0; i < count; i += 1) {
    left += places[2 * i]! / count;
    top += places[2 * i + 1]! / count;
  }
  const far = Float32Array.from({ length: count }, (_, i) => Math.hypot(places[2 * i]! - left, places[2 * i + 1]! - top));
  const most = far.slice().sort()[Math.floor(0.97 * (count - 1))] || 1;
  return places.map((at, k) => {
    const out = Math.max(1, far[k >> 1]! / most);
    return (k & 1 ? y : x) + ((at - (k & 1 ? top : left)) / (most * out)) * radius;
  });
}
