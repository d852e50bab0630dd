// Lays a network out beside the page: ForceAtlas2 in steps, each step's positions sent as they are.
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import { LARGE, spiral } from "./start";

export interface Wanted { nodes: number; edges: [number, number, number][] }
export interface Placed { places: Float32Array }

/** Iterations in all; fewer for large networks, which settle coarsely and stay readable. */
const rounds = (nodes: number): number => (nodes > LARGE ? 60 : nodes > 2_000 ? 150 : 400);
/** Iterations between two pictures: often enough to see it move, seldom enough not to wait for pictures. */
const step = (nodes: number): number => (nodes > LARGE ? 12 : 40);

self.onmessage = ({ data }: MessageEvent<Wanted>) => {
  const graph = new Graph({ type: "undirected", multi: true });
  const start = spiral(data.nodes);
  for (let i = 0; i < data.nodes; i += 1) graph.addNode(i, { x: start[2 * i] ?? 0, y: start[2 * i + 1] ?? 0 });
  for (const [a, b, weight] of data.edges) graph.addEdge(a, b, { weight });
  const settings = { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: data.nodes > 500, gravity: 0.8, adjustSizes: false };
  const all = rounds(data.nodes);
  const each = step(data.nodes);
  for (let done = 0; done < all; done += each) {
    forceAtlas2.assign(graph, { iterations: Math.min(each, all - done), settings, getEdgeWeight: "weight" });
    const places = new Float32Array(2 * data.nodes);
    graph.forEachNode((node, at) => {
      places[2 * Number(node)] = Number(at.x);
      places[2 * Number(node) + 1] = Number(at.y);
    });
    // Pictures of a large network are dear: one as soon as it has a shape, one when it has settled.
    if (data.nodes <= LARGE || done === 0 || done + each >= all) self.postMessage({ places } satisfies Placed);
  }
};
