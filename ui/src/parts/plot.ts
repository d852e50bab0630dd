// The one place that knows uPlot.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colour, type Series } from "./Chart";

interface Bars {
  starts: readonly string[];
  series: readonly Series[];
  height: number;
  stamp: (at: number) => string;
  short: (value: number) => string;
  tick: (at: number, fine: boolean) => string;
}

/** Between two marks of a count: whole numbers. */
const STEPS = Array.from({ length: 12 }, (_, k) => [1, 2, 5].map((step) => step * 10 ** k)).flat();

/** Draws stacked bars into an element. */
export function bars(element: HTMLElement, { starts, series, height, stamp, short, tick }: Bars): uPlot {
  const times = starts.map((start) => Date.parse(start) / 1000);
  // uPlot paints series over each other: the top of the stack first, what lies under it over it.
  const sums = series.map((_, upTo) => starts.map((_, i) => series.slice(0, upTo + 1).reduce((sum, one) => sum + (one.values[i] ?? 0), 0)));
  const order = series.map((_, i) => series.length - 1 - i);
  const paths = uPlot.paths.bars?.({ size: [0.86, 40] });
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  const plot = new uPlot({
    width: element.clientWidth, height, padding: [8, 4, 0, 0], legend: { show: false },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    scales: { y: { range: (_, _low, high) => [0, Math.max(1, high)] } },
    axes: [
      { ...axis, size: 22, grid: { show: false }, values: (_, marks, _axis, _space, step) => marks.map((mark) => tick(mark * 1000, step < 86_400)) },
      { ...axis, size: 44, incrs: STEPS, values: (_, marks) => marks.map((mark) => short(mark)) },
    ],
    series: [{}, ...order.map((i) => ({
      ...(paths ? { paths } : {}),
      fill: colour(series[i]?.colour ?? "--own"), width: 0, points: { show: false },
    }))],
    hooks: {
      setCursor: [(self) => {
        const i = self.cursor.idx;
        const at = i == null ? undefined : times[i];
        element.title = i == null || at === undefined ? "" : [stamp(at * 1000), ...series.map((one) => `${one.name}: ${short(one.values[i] ?? 0)}`)].join("\n");
      }],
    },
  }, [times, ...order.map((i) => sums[i] ?? [])], element);
  return plot;
}
