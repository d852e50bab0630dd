// Lays a network out beside the page: ForceAtlas2 in steps, each step's positions sent as they are.
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";

export interface Wanted { nodes: number; edges: [number, number, number][] }
export interface Placed { places: Float32Array }

/** Iterations in all; fewer for large networks, which settle coarsely and stay readable. */
const rounds = (nodes: number): number => (nodes > 10_000 ? 60 : nodes > 2_000 ? 150 : 400);
/** Iterations between two pictures. */
const STEP = 50;

self.onmessage = ({ data }: MessageEvent<Wanted>) => {
  const graph = new Graph({ type: "undirected", multi: true });
  // The sunflower's spiral: even, and the same each time, so that a picture can be recognised.
  for (let i = 0; i < data.nodes; i += 1) {
    const angle = i * 2.399963;
    const radius = Math.sqrt(i + 1);
    graph.addNode(i, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
  }
  for (const [a, b, weight] of data.edges) graph.addEdge(a, b, { weight });
  const settings = { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: data.nodes > 500, gravity: 0.8, adjustSizes: false };
  const all = rounds(data.nodes);
  for (let done = 0; done < all; done += STEP) {
    forceAtlas2.assign(graph, { iterations: Math.min(STEP, all - done), settings, getEdgeWeight: "weight" });
    const places = new Float32Array(2 * data.nodes);
    graph.forEachNode((node, at) => {
      places[2 * Number(node)] = Number(at.x);
      places[2 * Number(node) + 1] = Number(at.y);
    });
    if (done === 0 || done + STEP >= all) self.postMessage({ places } satisfies Placed);
  }
};
