// A table of any length: only the rows in sight are in the page, more are asked for as the reader comes near the end.
// Sorting and filtering are the server's; that is why no table engine is needed here. Rows have one height and lie by
// themselves (parts.css), so that scrolling lays out and paints the new ones only.
import { memo, useEffect, useLayoutEffect, useRef, type CSSProperties, type ReactNode } from "react";
import { useText } from "../text";
import { Icon } from "./Icon";
import { useWindow } from "./window";

export interface Column<T> {
  id: string;
  head: string;
  cell: (row: T) => ReactNode;
  width?: string;
  end?: boolean;
  /** Name of the sort in the API. */
  sort?: string;
  /** What it holds always fits: no place for dots is looked for. */
  whole?: boolean;
  /** Left out where the screen is narrow. */
  wide?: boolean;
  /** The heading is for screen readers only. */
  quiet?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  id: (row: T) => string;
  total?: number | undefined;
  more?: (() => void) | undefined;
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  onOpen?: (row: T) => void;
  /** The row that the keyboard is on. */
  here?: number | undefined;
  picked?: ReadonlySet<string>;
  onPick?: (ids: readonly string[], on: boolean) => void;
  rowHeight?: number;
}

/** More rows are asked for when so few are left below, so that they are there before the reader is. */
const AHEAD = 250;

/** The same object for the same width, so that nothing is compared cell by cell. */
const widths = new Map<string, CSSProperties>();
function width({ width: given }: { width?: string }): CSSProperties | undefined {
  if (given === undefined) return undefined;
  const kept = widths.get(given) ?? { flex: `0 1 ${given}` };
  widths.set(given, kept);
  return kept;
}

export function Grid<T>(props: Props<T>) {
  const { t, n } = useText();
  const { rows, columns, id, rowHeight = 37, here, more, picked, onPick, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const [{ first, last, shift }, show] = useWindow(box, rows.length, rowHeight);
  useEffect(() => {
    if (more && rows.length > 0 && last >= rows.length - AHEAD) more();
  }, [last, more, rows.length]);
  useEffect(() => {
    if (here !== undefined && here >= 0) show(here);
  }, [here, show]);
  const all = picked !== undefined && rows.length > 0 && rows.every((row) => picked.has(id(row)));
  const count = props.total ?? rows.length;
  return (
    <div ref={box} className="scroll tall" tabIndex={0} role="region" aria-label={props.label}>
      <table className="grid" role="table" aria-label={props.label} aria-rowcount={count + 1}>
        <thead role="rowgroup">
          <tr role="row">
            {onPick && (
              <th className="pick" scope="col" role="columnheader">
                <input type="checkbox" aria-label={t("pick.all")} checked={all} onChange={() => onPick(rows.map(id), !all)} />
              </th>
            )}
            {columns.map((column) => <Heading key={column.id} column={column} sort={props.sort} onSort={props.onSort} />)}
          </tr>
        </thead>
        <tbody role="rowgroup" style={{ height: rows.length * rowHeight }}>
          {rows.slice(first, last).map((row, i) => {
            const name = id(row);
            return (
              <Line key={first + i - shift} name={name} row={row} index={first + i} height={rowHeight} columns={columns as readonly Column<unknown>[]}
                here={here === first + i} picked={picked?.has(name) ?? false} onOpen={onOpen as ((row: unknown) => void) | undefined} onPick={onPick} />
            );
          })}
        </tbody>
      </table>
      <span className="sr" role="status">{t("rows", { n: count, count: n(count) })}</span>
    </div>
  );
}

const kind = <T,>(column: Column<T>): string | undefined =>
  [column.end && "num", column.wide && "wide-only", column.whole && "whole"].filter(Boolean).join(" ") || undefined;

function Heading<T>({ column, sort, onSort }: { column: Column<T>; sort?: string | undefined; onSort?: ((sort: string) => void) | undefined }) {
  const down = sort === `-${column.sort}`;
  const up = sort === column.sort && column.sort !== undefined;
  const inner = column.quiet ? <span className="sr">{column.head}</span> : column.head;
  return (
    <th scope="col" role="columnheader" className={kind(column)} style={width(column)} aria-sort={up ? "ascending" : down ? "descending" : undefined}>
      {column.sort && onSort
        ? (
          <button type="button" onClick={() => onSort(down ? column.sort ?? "" : `-${column.sort}`)}>
            {inner}{(up || down) && <span aria-hidden="true">{up ? "↑" : "↓"}</span>}
          </button>
        )
        : inner}
    </th>
  );
}

interface LineProps {
  name: string;
  row: unknown;
  index: number;
  height: number;
  columns: readonly Column<unknown>[];
  here: boolean;
  picked: boolean;
  onOpen: ((row: unknown) => void) | undefined;
  onPick: ((ids: readonly string[], on: boolean) => void) | undefined;
}

const Line = memo(function Line({ name, row, index, height, columns, here, picked, onOpen, onPick }: LineProps) {
  const { t } = useText();
  const line = useRef<HTMLTableRowElement>(null);
  // The elements of a row that left are used for one that came: what had the focus must not become another row's button.
  useLayoutEffect(() => () => {
    if (line.current?.contains(document.activeElement)) line.current.closest<HTMLElement>("[role=region]")?.focus({ preventScroll: true });
  }, [name]);
  return (
    <tr ref={line} role="row" aria-rowindex={index + 2} className={`${onOpen ? "can" : ""} ${here ? "here" : ""}`}
      style={{ height, top: index * height }}
      onClick={onOpen && ((event) => {
        // A click on a control of the row is that control's.
        if (!(event.target as Element).closest("a, button, input, label")) onOpen(row);
      })}>
      {onPick && (
        <td role="cell" className="pick">
          <input type="checkbox" aria-label={t("pick.one", { id: name })} checked={picked} onChange={(event) => onPick([name], event.target.checked)} />
        </td>
      )}
      {columns.map((column) => <td key={column.id} role="cell" className={kind(column)} style={width(column)}>{column.cell(row)}</td>)}
    </tr>
  );
});

/** "Showing 200 of 10,000": what a list holds and whether there is more. */
export function Shown({ rows, total, waiting }: { rows: number; total: number | undefined; waiting: boolean }) {
  const { t, n } = useText();
  return (
    <span className="soft small nowrap">
      {waiting ? <Icon name="clock" size={12} /> : null} {t("shown", { rows: n(rows), total: n(total ?? rows) })}
    </span>
  );
}
