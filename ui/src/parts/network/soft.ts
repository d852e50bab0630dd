// The page's side of a picture that a worker paints: hands a canvas over, sends sizes, colours and movements.
import { LAYERS } from "../../api/types";
import { colour } from "../Chart";
import type { Told, Wanted } from "./layout.worker";
import type { Look, Scene, View } from "./painter";
import type { Ink } from "./raster";
import type { Way } from "./Zoom";

export interface Soft {
  show: (links: Uint32Array) => void;
  mark: (node: number) => void;
  /** Colours changed. */
  again: () => void;
  zoom: (way: Way) => void;
  stop: () => void;
}

interface Start {
  scene: Scene;
  shown: Uint32Array;
  picked: (node: number) => void;
  /** So many links are on the screen; 0 with the first picture, which has the accounts only. */
  painted: (links: number) => void;
}

const ink = (name: string): Ink => {
  const hex = colour(name);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Ink;
};
const ZOOM = { least: 0.5, most: 200, step: 1.6 };
/** A press that moves less than this is a click. */
const CLICK_PX = 4;

/** Paints into an element until stopped. */
export function soft(element: HTMLElement, { scene, shown, picked, painted }: Start): Soft {
  const canvas = document.createElement("canvas");
  element.append(canvas);
  const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  const send = (wanted: Wanted, move: Transferable[] = []) => worker.postMessage(wanted, move);
  const look = (): Look => ({
    width: element.clientWidth, height: element.clientHeight, scale: window.devicePixelRatio, paper: ink("--wash"), node: ink("--node"),
    chosen: ink("--danger"), label: colour("--ink"), layers: LAYERS.map((_, i) => ink(`--l${i}`)),
  });
  const handed = canvas.transferControlToOffscreen();
  send({ what: "start", scene, canvas: handed, look: look(), shown }, [handed]);
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.what === "picked") picked(data.node);
    else if (data.what === "painted") painted(data.links);
  };
  let view: View = { zoom: 1, x: 0, y: 0 };
  let frame = 0;
  const move = (next: View) => {
    view = next;
    // One message a frame, however fast the wheel turns.
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      send({ what: "view", view });
    });
  };
  /** Zooms so that the point under the pointer stays there. */
  const zoomAt = (by: number, x: number, y: number) => {
    const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, view.zoom * by));
    const part = zoom / view.zoom;
    move({ zoom, x: x - (x - view.x) * part, y: y - (y - view.y) * part });
  };
  const from = (event: MouseEvent) => [event.offsetX - element.clientWidth / 2, event.offsetY - element.clientHeight / 2] as const;
  const off = new AbortController();
  const on = { signal: off.signal };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY / 400), ...from(event));
  }, { ...on, passive: false });
  let press: { x: number; y: number; view: View } | undefined;
  canvas.addEventListener("pointerdown", (event) => {
    press = { x: event.clientX, y: event.clientY, view };
    canvas.setPointerCapture(event.pointerId);
  }, on);
  canvas.addEventListener("pointermove", (event) => {
    if (press) move({ ...press.view, x: press.view.x + event.clientX - press.x, y: press.view.y + event.clientY - press.y });
  }, on);
  canvas.addEventListener("pointerup", (event) => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) < CLICK_PX) send({ what: "pick", x: event.offsetX, y: event.offsetY });
    press = undefined;
  }, on);
  const again = () => send({ what: "look", look: look() });
  const watcher = new ResizeObserver(again);
  watcher.observe(element);
  return {
    again,
    show: (links) => send({ what: "shown", links }),
    mark: (node) => send({ what: "chosen", node }),
    zoom: (way) => (way === "fit" ? move({ zoom: 1, x: 0, y: 0 }) : zoomAt(way === "in" ? ZOOM.step : 1 / ZOOM.step, 0, 0)),
    stop: () => {
      off.abort();
      watcher.disconnect();
      cancelAnimationFrame(frame);
      worker.terminate();
      canvas.remove();
    },
  };
}
