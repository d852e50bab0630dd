// Where the accounts of a large network stand: its groups as discs, the larger the nearer to the middle. Costs nothing beside
// minutes of forces.
import { GOLDEN } from "./start";

/** Groups up to this size stand around the others, one by one. */
const LOOSE_MAX = 2;

export interface Disc { x: number; y: number; radius: number }

/** A disc for each group: room in proportion to its members, larger ones nearer to the middle. */
export function pack(sizes: readonly number[]): Disc[] {
  let room = 0;
  return sizes.map((size, k) => {
    const radius = size <= LOOSE_MAX ? 1 + size / 2 : Math.sqrt(size);
    const spread = 1.18 * radius;
    const far = k === 0 ? 0 : Math.sqrt(room) + spread;
    room += (k === 0 ? 1 : 1.5) * spread * spread;
    return { x: far * Math.cos(k * GOLDEN), y: far * Math.sin(k * GOLDEN), radius };
  });
}

/** x and y of each node in turn: every group as a sunflower in its disc. */
export function seats(nodes: number, all: readonly Uint32Array[], discs: readonly Disc[]): Float32Array {
  const places = new Float32Array(2 * nodes);
  all.forEach((group, k) => {
    const { x, y, radius } = discs[k]!;
    group.forEach((node, i) => {
      const far = radius * Math.sqrt((i + 0.5) / group.length);
      places[2 * node] = x + far * Math.cos(i * GOLDEN);
      places[2 * node + 1] = y + far * Math.sin(i * GOLDEN);
    });
  });
  return places;
}
