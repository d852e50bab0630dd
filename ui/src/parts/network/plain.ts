// The network on a plain canvas, for browsers without WebGL: the same places and colours, no zoom.
import { LAYERS, type CaseNetwork } from "../../api/types";
import { colour } from "../Chart";
import { faint } from "../pure";

interface Wanted {
  net: CaseNetwork;
  edges: CaseNetwork["edges"];
  places: Float32Array;
  choose: (id: number | undefined) => void;
}

/** Paints into an element until the returned function is called. */
export function paint(element: HTMLElement, { net, edges, places, choose }: Wanted): () => void {
  const canvas = document.createElement("canvas");
  element.append(canvas);
  const points = new Map<number, [number, number]>();
  const draw = () => {
    const [width, height] = [element.clientWidth, element.clientHeight];
    const scale = window.devicePixelRatio;
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.scale(scale, scale);
    place(points, net, places, width, height);
    links(pen, edges, points);
    pen.fillStyle = colour("--node");
    const radius = net.nodes.length > 2_000 ? 1.5 : 4;
    for (const node of net.nodes) {
      const [x, y] = points.get(node.id) ?? [0, 0];
      const size = radius * (0.6 + 0.5 * node.score);
      // Squares of a pixel or two look like dots and cost a tenth.
      if (radius < 2) pen.fillRect(x - size, y - size, 2 * size, 2 * size);
      else {
        pen.beginPath();
        pen.arc(x, y, size, 0, 7);
        pen.fill();
      }
    }
  };
  const click = (event: MouseEvent) => {
    const near = net.nodes.find(({ id }) => {
      const [x, y] = points.get(id) ?? [-99, -99];
      return Math.hypot(x - event.offsetX, y - event.offsetY) < 8;
    });
    choose(near?.id);
  };
  const watcher = new ResizeObserver(draw);
  watcher.observe(element);
  canvas.addEventListener("click", click);
  return () => {
    watcher.disconnect();
    canvas.remove();
  };
}

/** Links that are painted at most: beyond, a canvas without hardware takes seconds, and the eye sees no more. */
export const PAINTED_MAX = 8_000;

/** One colour after the other, the strongest links of each. */
function links(pen: CanvasRenderingContext2D, edges: CaseNetwork["edges"], points: ReadonlyMap<number, [number, number]>): void {
  const painted = edges.length > PAINTED_MAX ? edges.toSorted((a, b) => b.weight - a.weight).slice(0, PAINTED_MAX) : edges;
  pen.lineWidth = 1;
  LAYERS.forEach((layer, i) => {
    pen.strokeStyle = faint(colour(`--l${i}`), colour("--wash"), painted.length > 300 ? 0.35 : 0.6);
    for (const edge of painted) {
      const [a, b] = [points.get(edge.a), points.get(edge.b)];
      if (edge.layer !== layer || !a || !b) continue;
      pen.beginPath();
      pen.moveTo(...a);
      pen.lineTo(...b);
      pen.stroke();
    }
  });
}

/** Fits the layout into the element with a margin. */
function place(points: Map<number, [number, number]>, net: CaseNetwork, places: Float32Array, width: number, height: number): void {
  const MARGIN = 24;
  const [left, top, right, bottom] = net.nodes.reduce<[number, number, number, number]>(([l, t, r, b], _, i) => {
    const [x, y] = [places[2 * i] ?? 0, places[2 * i + 1] ?? 0];
    return [Math.min(l, x), Math.min(t, y), Math.max(r, x), Math.max(b, y)];
  }, [Infinity, Infinity, -Infinity, -Infinity]);
  const scale = Math.min((width - 2 * MARGIN) / Math.max(1e-6, right - left), (height - 2 * MARGIN) / Math.max(1e-6, bottom - top));
  net.nodes.forEach((node, i) => points.set(node.id, [
    width / 2 + ((places[2 * i] ?? 0) - (left + right) / 2) * scale,
    height / 2 + ((places[2 * i + 1] ?? 0) - (top + bottom) / 2) * scale,
  ]));
}
