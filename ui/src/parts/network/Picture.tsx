// The picture of a network with sigma.js (WebGL); where WebGL is missing, the same picture on a plain canvas.
// Layout runs in a worker, so that 25,000 accounts do not freeze the page.
import Graph from "graphology";
import { useEffect, useRef, useState } from "react";
import Sigma from "sigma";
import { LAYERS, type CaseNetwork } from "../../api/types";
import { useText } from "../../text";
import { colour, useTheme } from "../Chart";
import { Icon } from "../Icon";
import { AccountLink, Bones } from "../Bits";
import { faint } from "../pure";
import { paint, PAINTED_MAX } from "./plain";
import { LARGE, spiral } from "./start";
import type { Placed, Wanted } from "./layout.worker";

interface Props {
  net: CaseNetwork;
  edges: CaseNetwork["edges"];
  chosen: number | undefined;
  choose: (id: number | undefined) => void;
  label: string;
}

/** Positions of all nodes: x and y in turn, renewed as the worker goes on. */
function usePlaces(net: CaseNetwork): Float32Array | undefined {
  const [places, setPlaces] = useState(() => (net.nodes.length > LARGE ? undefined : spiral(net.nodes.length)));
  useEffect(() => {
    const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Placed>) => setPlaces(data.places);
    const index = new Map(net.nodes.map((node, i) => [node.id, i]));
    const wanted: Wanted = { nodes: net.nodes.length, edges: net.edges.map((e) => [index.get(e.a) ?? 0, index.get(e.b) ?? 0, e.weight]) };
    worker.postMessage(wanted);
    return () => worker.terminate();
  }, [net]);
  return places;
}

const UNMASKED_RENDERER = 0x9246;

/** Whether WebGL is there, and for large networks in hardware: painted in software, they stop the page for seconds. */
const webgl = (nodes: number): boolean => {
  const probe = document.createElement("canvas").getContext("webgl2");
  const renderer = probe?.getExtension("WEBGL_debug_renderer_info") ? String(probe.getParameter(UNMASKED_RENDERER)) : "";
  probe?.getExtension("WEBGL_lose_context")?.loseContext();
  return probe !== null && !(nodes > LARGE && /swiftshader|llvmpipe|software/i.test(renderer));
};

export default function Picture({ net, edges, chosen, choose, label }: Props) {
  const { t, pct } = useText();
  const box = useRef<HTMLDivElement>(null);
  const sigma = useRef<Sigma | undefined>(undefined);
  const places = usePlaces(net);
  const latest = useRef(places);
  latest.current = places;
  const placed = places !== undefined;
  const theme = useTheme();
  const [gl] = useState(() => webgl(net.nodes.length));
  useEffect(() => {
    const element = box.current;
    if (!element || !gl || !placed) return undefined;
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
  }, [net, edges, theme, gl, choose, placed]);
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
  useEffect(() => {
    const element = box.current;
    if (!element || gl || !places) return undefined;
    return paint(element, { net, edges, places, choose });
  }, [net, edges, places, theme, gl, choose]);
  const node = chosen === undefined ? undefined : net.nodes.find((one) => one.id === chosen);
  const camera = (move: "animatedZoom" | "animatedUnzoom" | "animatedReset") => void sigma.current?.getCamera()[move]();
  return (
    <div className="net">
      <div ref={box} className="canvas" role="img" aria-label={label} />
      {!placed && <Bones />}
      {!gl && edges.length > PAINTED_MAX && <div className="tip small soft">{t("net.plain", { n: PAINTED_MAX })}</div>}
      {gl && (
        <div className="zoom">
          <button type="button" className="btn sm" aria-label={t("net.in")} onClick={() => camera("animatedZoom")}><Icon name="plus" size={14} /></button>
          <button type="button" className="btn sm" aria-label={t("net.out")} onClick={() => camera("animatedUnzoom")}><Icon name="minus" size={14} /></button>
          <button type="button" className="btn sm" aria-label={t("net.fit")} onClick={() => camera("animatedReset")}><Icon name="fit" size={14} /></button>
        </div>
      )}
      {node && <div className="tip"><AccountLink id={node.account_id} /><div className="small soft">{t("net.tip", { score: pct(node.score), share: pct(node.share) })}</div></div>}
    </div>
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
  for (const edge of edges.toSorted((a, b) => a.weight - b.weight)) {
    graph.addEdge(String(edge.a), String(edge.b), { size: 0.5 + 1.5 * (edge.weight / most), color: colours[LAYERS.indexOf(edge.layer)] ?? ink });
  }
  return graph;
}
