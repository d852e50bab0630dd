// Lays a network out beside the page and, where the page has no graphics hardware, paints it there, too: the page itself
// never waits for either.
import { pack, seats } from "./discs";
import { fit, forces } from "./forces";
import { groups, type Links } from "./groups";
import { Painter, type Look, type Scene, type View } from "./painter";
import { LARGE, spiral } from "./start";

export type Wanted =
  | { what: "start"; scene: Scene; canvas?: OffscreenCanvas; look?: Look; shown?: Uint32Array }
  | { what: "look"; look: Look }
  | { what: "shown"; links: Uint32Array }
  | { what: "view"; view: View }
  | { what: "chosen"; node: number }
  | { what: "pick"; x: number; y: number };
export type Told =
  | { what: "placed"; places: Float32Array }
  | { what: "painted"; links: number }
  | { what: "picked"; node: number };

/** Rounds of forces in all, and between two pictures. */
const rounds = (nodes: number): number => (nodes > 2_000 ? 150 : 400);
const STEP = 40;
/** Groups below this look the same however they are laid out. */
const GROUP_MIN = 8;
/** How long is computed at a stretch before messages are heard. */
const STRETCH_MS = 40;

let painter: Painter | undefined;
let due = false;

const tell = (told: Told): void => self.postMessage(told);
const pause = (): Promise<void> => new Promise((next) => setTimeout(next, 0));

/** Paints soon, once for all that changed meanwhile: nodes at once where nothing is there yet, the links then. */
function paint(): void {
  if (!painter || due) return;
  due = true;
  setTimeout(() => {
    due = false;
    painter?.paint(true);
    if (painter?.places) tell({ what: "painted", links: painter.shown.length });
  }, 0);
}

function place(places: Float32Array): void {
  if (!painter) return tell({ what: "placed", places });
  const first = painter.places === undefined;
  painter.places = places;
  if (first) {
    painter.paint(false);
    tell({ what: "painted", links: 0 });
  }
  paint();
}

async function small({ nodes, links }: Scene): Promise<void> {
  const start = spiral(nodes);
  const go = forces(nodes, links, start);
  for (let done = 0; done < rounds(nodes); done += STEP) {
    place(go(STEP));
    await pause();
  }
}

/** Groups as discs first; then each group finds its own shape inside its disc. */
async function large({ nodes, links }: Scene): Promise<void> {
  const all = groups(nodes, links);
  const discs = pack(all.map((group) => group.length));
  const places = seats(nodes, all, discs);
  place(places.slice());
  const [rank, group] = [new Int32Array(nodes), new Int32Array(nodes)];
  all.forEach((members, k) => members.forEach((node, i) => {
    rank[node] = i;
    group[node] = k;
  }));
  const inside: number[][] = all.map(() => []);
  links.a.forEach((a, e) => {
    if (group[a] === group[links.b[e]!]) inside[group[a]!]!.push(e);
  });
  let until = performance.now() + STRETCH_MS;
  for (const [k, members] of all.entries()) {
    if (members.length < GROUP_MIN) break;
    const own: Links = {
      a: Uint32Array.from(inside[k]!, (e) => rank[links.a[e]!]!), b: Uint32Array.from(inside[k]!, (e) => rank[links.b[e]!]!),
      weight: Float32Array.from(inside[k]!, (e) => links.weight[e]!),
    };
    const go = forces(members.length, own, spiral(members.length));
    const wanted = members.length > 2_000 ? 30 : 60;
    let found = new Float32Array(0);
    for (let done = 0; done < wanted; done += 2) {
      found = go(2) as Float32Array<ArrayBuffer>;
      if (performance.now() < until) continue;
      await pause();
      until = performance.now() + STRETCH_MS;
    }
    const { x, y, radius } = discs[k]!;
    const fitted = fit(found, x, y, radius);
    members.forEach((node, i) => {
      places[2 * node] = fitted[2 * i]!;
      places[2 * node + 1] = fitted[2 * i + 1]!;
    });
  }
  place(places);
}

self.onmessage = ({ data }: MessageEvent<Wanted>) => {
  if (data.what === "start") {
    if (data.canvas) {
      painter = new Painter(data.canvas, data.scene);
      painter.look = data.look;
      painter.shown = data.shown ?? painter.shown;
    }
    void (data.scene.nodes > LARGE ? large(data.scene) : small(data.scene));
    return;
  }
  if (!painter) return;
  if (data.what === "pick") return tell({ what: "picked", node: painter.pick(data.x, data.y) });
  if (data.what === "look") painter.look = data.look;
  else if (data.what === "shown") painter.shown = data.links;
  else if (data.what === "view") painter.view = data.view;
  else painter.chosen = data.node;
  paint();
};
