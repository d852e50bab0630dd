// A network as columns: what painting, sorting and hiding need, worked out once when it arrives.
import { LAYERS, type CaseNetwork } from "../../api/types";
import type { Links } from "./groups";
import type { Scene } from "./painter";

export interface Columns {
  /** Position of each node by its id. */
  at: ReadonlyMap<number, number>;
  links: Links;
  layer: Uint8Array;
  /** When each link arose, in milliseconds; 0 where the hunt did not keep it. */
  when: Float64Array;
  /** Positions of links, weakest first. */
  order: Uint32Array;
}

export function columns(net: CaseNetwork): Columns {
  const at = new Map(net.nodes.map((node, i) => [node.id, i]));
  const layers = new Map(LAYERS.map((layer, i) => [layer, i]));
  const count = net.edges.length;
  const links: Links = { a: new Uint32Array(count), b: new Uint32Array(count), weight: new Float32Array(count) };
  const [layer, when] = [new Uint8Array(count), new Float64Array(count)];
  net.edges.forEach((edge, e) => {
    links.a[e] = at.get(edge.a) ?? 0;
    links.b[e] = at.get(edge.b) ?? 0;
    links.weight[e] = edge.weight;
    layer[e] = layers.get(edge.layer) ?? 0;
    when[e] = edge.first ? Date.parse(edge.first) : 0;
  });
  const order = Uint32Array.from({ length: count }, (_, e) => e).sort((x, y) => (links.weight[x] ?? 0) - (links.weight[y] ?? 0) || x - y);
  return { at, links, layer, when, order };
}

/** The links that are neither in a hidden layer nor younger than `until`, weakest first. */
export const shownOf = ({ order, layer, when }: Columns, hidden: ReadonlySet<string>, until: number | undefined): Uint32Array => {
  const off = LAYERS.map((name) => hidden.has(name));
  return order.filter((e) => !off[layer[e] ?? 0] && (until === undefined || (when[e] ?? 0) <= until));
};

export const sceneOf = (net: CaseNetwork, { links, layer }: Columns): Scene => ({
  nodes: net.nodes.length, links, layer,
  score: Float32Array.from(net.nodes, (node) => node.score), names: net.nodes.map((node) => node.account_id),
});
