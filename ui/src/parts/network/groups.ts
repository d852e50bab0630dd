// Groups of accounts that are linked more among each other than outwards: a few passes over the links, the same each time.
/** Links as columns: the ends by position, and the weight. */
export interface Links {
  a: Uint32Array;
  b: Uint32Array;
  weight: Float32Array;
}

/** Rounds of moving between groups, and times that groups are gathered; little changes after the first few. */
const ROUNDS = 8;
const LEVELS = 6;
/** The neighbours of each node in turn: those of `i` lie from `from[i]` to `from[i + 1]`. */
function neighbours(nodes: number, { a, b, weight }: Links): { from: Uint32Array; to: Uint32Array; by: Float32Array } {
  const from = new Uint32Array(nodes + 1);
  for (let e = 0; e < a.length; e += 1) {
    from[a[e]! + 1]! += 1;
    from[b[e]! + 1]! += 1;
  }
  for (let i = 0; i < nodes; i += 1) from[i + 1]! += from[i]!;
  const next = from.slice();
  const to = new Uint32Array(2 * a.length);
  const by = new Float32Array(2 * a.length);
  const put = (i: number, j: number, w: number) => {
    const at = next[i]!++;
    to[at] = j;
    by[at] = w;
  };
  for (let e = 0; e < a.length; e += 1) {
    put(a[e]!, b[e]!, weight[e]!);
    put(b[e]!, a[e]!, weight[e]!);
  }
  return { from, to, by };
}

interface Web { count: number; from: Uint32Array; to: Uint32Array; by: Float32Array; inside: Float64Array }

/** Moves each node to the neighbouring group that gains most modularity, until few move; answers each node's group. */
function settle({ count, from, to, by, inside }: Web): Uint32Array {
  const group = Uint32Array.from({ length: count }, (_, i) => i);
  const strength = Float64Array.from(inside);
  for (let i = 0; i < count; i += 1) for (let k = from[i]!; k < from[i + 1]!; k += 1) strength[i]! += by[k]!;
  const all = strength.reduce((sum, one) => sum + one, 0) || 1;
  const held = strength.slice();
  const tie = new Float64Array(count);
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = 0;
    for (let i = 0; i < count; i += 1) {
      const [start, end, own] = [from[i]!, from[i + 1]!, strength[i]!];
      for (let k = start; k < end; k += 1) if (to[k] !== i) tie[group[to[k]!]!]! += by[k]!;
      held[group[i]!]! -= own;
      let best = group[i]!;
      let most = tie[best]! - (held[best]! * own) / all;
      for (let k = start; k < end; k += 1) {
        const other = group[to[k]!]!;
        const gain = tie[other]! - (held[other]! * own) / all;
        if (gain > most + 1e-9) [best, most] = [other, gain];
      }
      for (let k = start; k < end; k += 1) tie[group[to[k]!]!] = 0;
      held[best]! += own;
      if (best !== group[i]) {
        group[i] = best;
        moved += 1;
      }
    }
    if (moved * 200 < count) break;
  }
  return group;
}

/** The groups of a web as the nodes of a smaller one; `name` says which node each became. */
function gathered(web: Web, group: Uint32Array): { web: Web; name: Uint32Array } {
  const names = new Map<number, number>();
  const name = group.map((one) => {
    const known = names.get(one) ?? names.size;
    names.set(one, known);
    return known;
  });
  const inside = new Float64Array(names.size);
  const ties = new Map<number, number>();
  for (let i = 0; i < web.count; i += 1) {
    inside[name[i]!]! += web.inside[i]!;
    for (let k = web.from[i]!; k < web.from[i + 1]!; k += 1) {
      const [a, b] = [name[i]!, name[web.to[k]!]!];
      if (a === b) inside[a]! += web.by[k]!;
      else if (a < b) ties.set(a * names.size + b, (ties.get(a * names.size + b) ?? 0) + web.by[k]!);
    }
  }
  const keys = [...ties.keys()];
  const links: Links = {
    a: Uint32Array.from(keys, (key) => Math.floor(key / names.size)), b: Uint32Array.from(keys, (key) => key % names.size),
    weight: Float32Array.from(ties.values()),
  };
  return { web: { count: names.size, ...neighbours(names.size, links), inside }, name };
}

/** Groups of nodes that are linked more among each other than outwards (Louvain, Blondel et al. 2008); largest first. */
export function groups(nodes: number, links: Links): Uint32Array[] {
  const first = neighbours(nodes, links);
  let web: Web = { count: nodes, ...first, inside: new Float64Array(nodes) };
  let label = Uint32Array.from({ length: nodes }, (_, i) => i);
  for (let level = 0; level < LEVELS; level += 1) {
    const { web: next, name } = gathered(web, settle(web));
    label = label.map((one) => name[one]!);
    if (next.count === web.count) break;
    web = next;
  }
  const members = new Map<number, number[]>();
  label.forEach((name, i) => {
    const all = members.get(name);
    if (all) all.push(i);
    else members.set(name, [i]);
  });
  const degree = (i: number) => first.from[i + 1]! - first.from[i]!;
  // The best linked stand in the middle of their disc.
  return [...members.values()].map((all) => Uint32Array.from(all).sort((x, y) => degree(y) - degree(x) || x - y))
    .sort((x, y) => y.length - x.length || x[0]! - y[0]!);
}
