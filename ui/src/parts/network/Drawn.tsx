// The picture of a network drawn by sigma.js with WebGL; a worker lays it out.
import Graph from "graphology";
import { useEffect, useMemo, useRef, useState } from "react";
import Sigma from "sigma";
import { LAYERS, type CaseNetwork } from "../../api/types";
import { Bones } from "../Bits";
import { colour, useTheme } from "../Chart";
import { faint } from "../pure";
import { sceneOf, type Columns } from "./columns";
import type { Told, Wanted } from "./layout.worker";
import type { PictureProps } from "./Picture";
import { LARGE, spiral } from "./start";
import { Zoom } from "./Zoom";

/** Positions of all nodes: x and y in turn, renewed as the worker goes on. */
function usePlaces(net: CaseNetwork, columns: Columns): Float32Array | undefined {
  const [places, setPlaces] = useState(() => (net.nodes.length > LARGE ? undefined : spiral(net.nodes.length)));
  useEffect(() => {
    const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.what === "placed") setPlaces(data.places);
    };
    worker.postMessage({ what: "start", scene: sceneOf(net, columns) } satisfies Wanted);
    return () => worker.terminate();
  }, [net, columns]);
  return places;
}

export default function Drawn({ net, columns, shown, choose, label }: PictureProps) {
  const box = useRef<HTMLDivElement>(null);
  const sigma = useRef<Sigma | undefined>(undefined);
  const places = usePlaces(net, columns);
  const latest = useRef(places);
  latest.current = places;
  const placed = places !== undefined;
  const theme = useTheme();
  const edges = useMemo(() => Array.from(shown, (e) => net.edges[e]).filter((edge) => edge !== undefined), [net, shown]);
  useEffect(() => {
    const element = box.current;
    if (!element || !placed) return undefined;
    const graph = build(net, edges, latest.current ?? spiral(net.nodes.length));
    const view = new Sigma(graph, element, {
      labelColor: { color: colour("--ink") }, labelSize: 11, labelRenderedSizeThreshold: 9, defaultEdgeColor: colour("--line"),
      labelFont: "ui-monospace, monospace", zIndex: true, hideEdgesOnMove: net.nodes.length > LARGE, allowInvalidContainer: true,
    });
    view.on("clickNode", ({ node }) => choose(Number(node)));
    view.on("clickStage", () => choose(undefined));
    const before = sigma.current?.getCamera().getState();
    if (before) view.getCamera().setState(before);
    sigma.current = view;
    return () => view.kill();
  }, [net, edges, theme, choose, placed]);
  useEffect(() => {
    if (!places) return;
    const graph = sigma.current?.getGraph();
    // Positions alone change while the layout goes on: nothing is built again.
    let i = 0;
    graph?.updateEachNodeAttributes((_, node) => {
      node.x = places[2 * i] ?? 0;
      node.y = places[2 * i + 1] ?? 0;
      i += 1;
      return node;
    });
  }, [places]);
  const moves = { in: "animatedZoom", out: "animatedUnzoom", fit: "animatedReset" } as const;
  return (
    <>
      <div ref={box} className="canvas" role="img" aria-label={label} />
      {!placed && <Bones />}
      <Zoom zoom={(way) => void sigma.current?.getCamera()[moves[way]]()} />
    </>
  );
}

function build(net: CaseNetwork, edges: CaseNetwork["edges"], places: Float32Array): Graph {
  const graph = new Graph({ type: "undirected", multi: true });
  const ink = colour("--node");
  const radius = net.nodes.length > 5_000 ? 2 : net.nodes.length > 500 ? 3.5 : 6;
  net.nodes.forEach((node, i) => graph.addNode(String(node.id), {
    x: places[2 * i] ?? 0, y: places[2 * i + 1] ?? 0, size: radius * (0.6 + 0.6 * node.score), label: node.account_id, color: ink,
  }));
  const colours = LAYERS.map((_, i) => faint(colour(`--l${i}`), colour("--wash"), edges.length > 300 ? 0.35 : 0.6));
  const most = edges.reduce((max, edge) => Math.max(max, edge.weight), 1);
  for (const edge of edges) {
    graph.addEdge(String(edge.a), String(edge.b), { size: 0.5 + 1.5 * (edge.weight / most), color: colours[LAYERS.indexOf(edge.layer)] ?? ink });
  }
  return graph;
}
