// Where accounts stand before the layout has begun: the sunflower's spiral, even, and the same each time.
const GOLDEN = 2.399963;
/** Accounts above which a network is drawn sparingly: long lines between unplaced accounts take seconds to paint. */
export const LARGE = 5_000;

/** x and y of each node in turn. */
export function spiral(nodes: number): Float32Array {
  const places = new Float32Array(2 * nodes);
  for (let i = 0; i < nodes; i += 1) {
    const radius = Math.sqrt(i + 1);
    places[2 * i] = radius * Math.cos(i * GOLDEN);
    places[2 * i + 1] = radius * Math.sin(i * GOLDEN);
  }
  return places;
}
