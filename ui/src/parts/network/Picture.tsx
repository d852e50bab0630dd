// The picture of a network: sigma.js (WebGL) where it is quick, else painted by a worker (soft.ts). Layout is always the
// worker's, so that 25,000 accounts do not freeze the page.
import Graph from "graphology";
import { useEffect, useMemo, useRef, useState } from "react";
import Sigma from "sigma";
import { LAYERS, type CaseNetwork } from "../../api/types";
import { useText } from "../../text";
import { colour, useTheme } from "../Chart";
import { Icon } from "../Icon";
import { AccountLink, Bones } from "../Bits";
import { faint } from "../pure";
import { sceneOf, type Columns } from "./columns";
import { soft, ZOOM_STEP, type Soft } from "./soft";
import { LARGE, SOFT, spiral } from "./start";
import type { Told, Wanted } from "./layout.worker";

interface Props {
  net: CaseNetwork;
  columns: Columns;
  /** Positions of the links that are shown, weakest first. */
  shown: Uint32Array;
  chosen: number | undefined;
  choose: (id: number | undefined) => void;
  label: string;
}

const UNMASKED_RENDERER = 0x9246;

/** Whether WebGL is there, and for all but small networks in hardware: in software it stops the page for seconds. */
const webgl = (nodes: number): boolean => {
  const probe = document.createElement("canvas").getContext("webgl2");
  const renderer = probe?.getExtension("WEBGL_debug_renderer_info") ? String(probe.getParameter(UNMASKED_RENDERER)) : "";
  probe?.getExtension("WEBGL_lose_context")?.loseContext();
  return probe !== null && !(nodes > SOFT && /swiftshader|llvmpipe|software/i.test(renderer));
};

export default function Picture(props: Props) {
  const { net, chosen } = props;
  const { t, pct } = useText();
  const [gl] = useState(() => webgl(net.nodes.length));
  const node = chosen === undefined ? undefined : net.nodes[props.columns.at.get(chosen) ?? -1];
  return (
    <div className="net">
      {gl ? <Drawn {...props} /> : <Painted {...props} />}
      {node && <div className="tip"><AccountLink id={node.account_id} /><div className="small soft">{t("net.tip", { score: pct(node.score), share: pct(node.share) })}</div></div>}
    </div>
  );
}

function Zoom({ zoom }: { zoom: (way: "in" | "out" | "fit") => void }) {
  const { t } = useText();
  return (
    <div className="zoom">
      <button type="button" className="btn sm" aria-label={t("net.in")} onClick={() => zoom("in")}><Icon name="plus" size={14} /></button>
      <button type="button" className="btn sm" aria-label={t("net.out")} onClick={() => zoom("out")}><Icon name="minus" size={14} /></button>
      <button type="button" className="btn sm" aria-label={t("net.fit")} onClick={() => zoom("fit")}><Icon name="fit" size={14} /></button>
    </div>
  );
}

/** Painted by a worker: the page only says what is to be seen. */
function Painted({ net, columns, shown, chosen, choose, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const made = useRef<Soft | undefined>(undefined);
  const first = useRef(shown);
  const [painted, setPainted] = useState(-1);
  const theme = useTheme();
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const own = soft(element, {
      scene: sceneOf(net, columns), shown: first.current, painted: setPainted,
      picked: (node) => choose(net.nodes[node]?.id),
    });
    made.current = own;
    return () => own.stop();
  }, [net, columns, choose]);
  useEffect(() => {
    first.current = shown;
    made.current?.show(shown);
  }, [shown]);
  useEffect(() => made.current?.again(), [theme]);
  useEffect(() => made.current?.mark(chosen === undefined ? -1 : columns.at.get(chosen) ?? -1), [chosen, columns]);
  return (
    <>
      <div ref={box} className="canvas" role="img" aria-label={label} data-links={painted} />
      {painted < 0 && <Bones />}
      <Zoom zoom={(way) => made.current?.zoom(way === "fit" ? "all" : way === "in" ? ZOOM_STEP : 1 / ZOOM_STEP)} />
    </>
  );
}

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

/** Drawn by sigma.js. */
function Drawn({ net, columns, shown, choose, label }: Props) {
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
