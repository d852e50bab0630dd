// Where accounts stand before the layout has begun: the sunflower's spiral, even, and the same each time.
export const GOLDEN = 2.399963;
/** Accounts above which a network is laid out as discs: forces between so many take minutes without changing what is seen. */
export const LARGE = 5_000;
/** Accounts up to which a network is drawn with WebGL where that runs in software; more stop the page for seconds. */
export const SOFT = 1_000;

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
