// What analysts click and what the console then reads: the pages of ui/src/pages with their reads (ui/src/api/queries.ts), and
// a guess of how often each is opened.

/** The console reads lists a hundred at a time, members five hundred. */
const LIST = 100;
const MEMBERS = 500;

const any = (list) => list[Math.floor(Math.random() * list.length)];

/**
 * Pages by name: how many of a hundred clicks open it, and the reads that it makes. `world` is what there is to look at.
 */
export const pages = (world) => {
  const theCase = () => any(world.cases);
  const ofCase = (id) => [
    ["case", `/cases/${id}`], ["campaigns of a case", `/cases/${id}/campaigns?limit=${LIST}`], ["takedowns of a case", `/takedowns?case_id=${id}&limit=50`],
  ];
  return [
    [8, () => [["overview", "/overview"]]],
    [12, () => [["queue", `/cases?limit=${LIST}`]]],
    [6, () => [["queue, filtered and sorted", `/cases?status=open&sort=-members&limit=${LIST}`]]],
    [24, () => ofCase(theCase())],
    [8, () => [["members", `/cases/${theCase()}/members?limit=${MEMBERS}`]]],
    [8, () => [["network", `/cases/${theCase()}/network`]]],
    [6, () => [["history", `/cases/${theCase()}/history?sort=-at&limit=${LIST}`]]],
    [6, () => [["takedown preview", `/cases/${theCase()}/takedowns/preview`, world.order]]],
    [10, () => [["account", `/accounts/${any(world.accounts)}`]]],
    [4, () => [["decisions", `/decisions?limit=${LIST}`]]],
    [2, () => [["decision", `/decisions/${any(world.decisions)}`]]],
    [2, () => [["appeals", `/appeals?limit=${LIST}`]]],
    [2, () => [["hunts", `/hunts?limit=${LIST}`]]],
    [1, () => [["scorecards", "/scorecards?limit=500"]]],
    [1, () => [["audit", `/audit?limit=${LIST}`], ["session", "/session"]]],
  ];
};

/** Reads, one after the other, as clicks would make them. */
export function* reads(world) {
  const all = pages(world);
  const sum = all.reduce((total, [weight]) => total + weight, 0);
  for (;;) {
    let at = Math.random() * sum;
    const [, open] = all.find(([weight]) => (at -= weight) < 0) ?? all[0];
    for (const [what, path, body] of open()) yield { what, path, body };
  }
}
