// The picture of a network without graphics hardware, painted beside the page on a canvas that the page handed over.
import type { Links } from "./groups";
import { dot, line, sheet, type Ink } from "./raster";

export interface Look {
  width: number;
  height: number;
  /** Pixels of the screen to one of the page. */
  scale: number;
  paper: Ink;
  node: Ink;
  chosen: Ink;
  label: string;
  /** By layer. */
  layers: readonly Ink[];
}

/** What part is seen: how far it is zoomed in, and which point (of the page, from the middle) is where the middle was. */
export interface View { zoom: number; x: number; y: number }

export interface Scene {
  nodes: number;
  links: Links;
  layer: Uint8Array;
  score: Float32Array;
  names: readonly string[];
}

const MARGIN = 24;
/** Nodes in sight up to which their names are written. */
const NAMED_MAX = 40;
/** Distance in the page's pixels within which a click means a node. */
const NEAR = 9;

export class Painter {
  look: Look | undefined;
  places: Float32Array | undefined;
  /** The links that are shown; all others are hidden by layer or time. */
  shown: Uint32Array;
  view: View = { zoom: 1, x: 0, y: 0 };
  chosen = -1;

  constructor(private readonly canvas: OffscreenCanvas, private readonly scene: Scene) {
    this.shown = new Uint32Array(0);
  }

  /** Puts the nodes on the screen, and then (unless told otherwise) the links under them. */
  paint(withLinks: boolean): void {
    const { look, places, scene, canvas } = this;
    const pen = canvas.getContext("2d", { alpha: false });
    if (!look || !places || !pen || look.width === 0) return;
    const width = Math.round(look.width * look.scale);
    const height = Math.round(look.height * look.scale);
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const at = this.seen(width, height);
    const on = sheet(width, height, look.paper);
    if (withLinks) {
      const { a, b } = scene.links;
      const share = this.shown.length > 20_000 ? 0.22 : this.shown.length > 2_000 ? 0.35 : 0.6;
      for (const e of this.shown) {
        const [i, j] = [2 * a[e]!, 2 * b[e]!];
        // A long line says less and covers more.
        const thin = share / Math.max(1, Math.hypot(at[i]! - at[j]!, at[i + 1]! - at[j + 1]!) / (90 * look.scale));
        const own = a[e] === this.chosen || b[e] === this.chosen;
        line(on, at[i]!, at[i + 1]!, at[j]!, at[j + 1]!, look.layers[scene.layer[e]!] ?? look.node, own ? 1 : thin);
      }
    }
    const radius = look.scale * Math.min(7, (scene.nodes > 5_000 ? 1.1 : scene.nodes > 1_000 ? 2 : 4) * Math.sqrt(this.view.zoom));
    for (let i = 0; i < scene.nodes; i += 1) dot(on, at[2 * i]!, at[2 * i + 1]!, radius * (0.6 + 0.5 * scene.score[i]!), look.node);
    if (this.chosen >= 0) dot(on, at[2 * this.chosen]!, at[2 * this.chosen + 1]!, radius + 3 * look.scale, look.chosen);
    pen.putImageData(new ImageData(on.data, width, height), 0, 0);
    this.name(pen, at, width, height, look);
  }

  /** The node at a point of the page. */
  pick(x: number, y: number): number {
    const { look, places } = this;
    if (!look || !places) return -1;
    const at = this.seen(look.width, look.height);
    let [best, near] = [-1, NEAR];
    for (let i = 0; i < this.scene.nodes; i += 1) {
      const far = Math.hypot(at[2 * i]! - x, at[2 * i + 1]! - y);
      if (far < near) [best, near] = [i, far];
    }
    return best;
  }

  private name(pen: OffscreenCanvasRenderingContext2D, at: Float32Array, width: number, height: number, look: Look): void {
    const inside = (i: number) => at[2 * i]! >= 0 && at[2 * i]! <= width && at[2 * i + 1]! >= 0 && at[2 * i + 1]! <= height;
    const named: number[] = [];
    for (let i = 0; i < this.scene.nodes && named.length <= NAMED_MAX; i += 1) if (inside(i)) named.push(i);
    if (named.length > NAMED_MAX) return;
    pen.font = `${11 * look.scale}px ui-monospace, monospace`;
    pen.fillStyle = look.label;
    for (const i of named) pen.fillText(this.scene.names[i] ?? "", at[2 * i]! + 8 * look.scale, at[2 * i + 1]! + 4 * look.scale);
  }

  /** Where each node is on a screen of this size: the whole fitted with a margin, then zoomed and moved. */
  private seen(width: number, height: number): Float32Array {
    const places = this.places ?? new Float32Array(0);
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < places.length; i += 2) {
      left = Math.min(left, places[i]!);
      right = Math.max(right, places[i]!);
      top = Math.min(top, places[i + 1]!);
      bottom = Math.max(bottom, places[i + 1]!);
    }
    const page = width / (this.look?.width || 1);
    const room = (all: number, span: number) => Math.max(1, all - 2 * MARGIN * page) / Math.max(1e-6, span);
    const scale = Math.min(room(width, right - left), room(height, bottom - top)) * this.view.zoom;
    const [x, y] = [width / 2 + this.view.x * page, height / 2 + this.view.y * page];
    return places.map((at, k) => (k & 1 ? y + (at - (top + bottom) / 2) * scale : x + (at - (left + right) / 2) * scale));
  }
}
