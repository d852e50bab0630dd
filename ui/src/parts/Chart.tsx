// Time charts: stacked bars with uPlot, which is fetched when the first chart comes into the page.
import { useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import { useText } from "../text";
import { Bones } from "./Bits";

export interface Series {
  name: string;
  values: readonly number[];
  /** Name of a CSS colour variable. */
  colour: string;
}

/** Colours change with the theme; charts are drawn again when it does. */
export function useTheme(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const next = () => setTurn((value) => value + 1);
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const watcher = new MutationObserver(next);
    watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    system.addEventListener("change", next);
    return () => {
      watcher.disconnect();
      system.removeEventListener("change", next);
    };
  }, []);
  return turn;
}

/** A colour of the theme as the browser computes it, for canvases. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Bars over time, the first series at the bottom. `label` says in words what the picture shows. */
export function Chart({ starts, series, label, height = 170 }: {
  starts: readonly string[]; series: readonly Series[]; label: string; height?: number;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  const theme = useTheme();
  const { stamp, short, tick } = useText();
  useEffect(() => {
    const element = box.current;
    if (!element || starts.length === 0) return undefined;
    let plot: uPlot | undefined;
    let gone = false;
    const watcher = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height }));
    void import("./plot").then(({ bars }) => {
      if (gone) return;
      plot = bars(element, { starts, series, height, stamp, short, tick });
      setReady(true);
      watcher.observe(element);
    });
    return () => {
      gone = true;
      watcher.disconnect();
      plot?.destroy();
    };
  }, [starts, series, height, theme, stamp, short, tick]);
  return (
    <figure>
      <div className="legend">
        {series.map((one) => <span key={one.name}><i style={{ background: `var(${one.colour})` }} />{one.name}</span>)}
      </div>
      <div ref={box} className="chart" role="img" aria-label={label} style={{ minHeight: height }}>
        {!ready && <Bones lines={4} />}
      </div>
    </figure>
  );
}
