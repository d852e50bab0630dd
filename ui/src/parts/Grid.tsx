// A table of any length: only the rows in sight are in the page, more are asked for as the reader comes near the end.
// Sorting and filtering are the server's; that is why no table engine is needed here.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";
import { useText } from "../text";
import { Icon } from "./Icon";

export interface Column<T> {
  id: string;
  head: string;
  cell: (row: T) => ReactNode;
  width?: string;
  end?: boolean;
  /** Name of the sort in the API. */
  sort?: string;
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
  /** Whether the table scrolls by itself; short ones do not. */
  tall?: boolean;
}

export function Grid<T>(props: Props<T>) {
  const { t, n } = useText();
  const { rows, columns, id, rowHeight = 37, tall = true, here, more, picked, onPick } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12,
    enabled: tall, initialRect: { width: 0, height: 800 },
  });
  const items = tall ? virtual.getVirtualItems() : rows.map((_, index) => ({ index, start: 0, end: 0 }));
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && rows.length > 0 && last >= rows.length - 30) more();
  }, [last, more, rows.length]);
  useEffect(() => {
    if (tall && here !== undefined && here >= 0) virtual.scrollToIndex(here);
  }, [here, tall, virtual]);
  const before = tall ? items[0]?.start ?? 0 : 0;
  const after = tall ? virtual.getTotalSize() - (items.at(-1)?.end ?? 0) : 0;
  const span = columns.length + (onPick ? 1 : 0);
  const all = rows.length > 0 && rows.every((row) => picked?.has(id(row)));
  return (
    <div ref={box} className={tall ? "scroll tall" : "scroll"} tabIndex={tall ? 0 : undefined} role={tall ? "region" : undefined}
      aria-label={tall ? props.label : undefined}>
      <table className={tall ? "fixed" : undefined} aria-label={props.label} aria-rowcount={(props.total ?? rows.length) + 1}>
        <thead>
          <tr>
            {onPick && (
              <th className="pick" scope="col">
                <input type="checkbox" aria-label={t("pick.all")} checked={all} onChange={() => onPick(rows.map(id), !all)} />
              </th>
            )}
            {columns.map((column) => <Heading key={column.id} column={column} sort={props.sort} onSort={props.onSort} />)}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden="true"><td colSpan={span} style={{ height: before, padding: 0, border: 0 }} /></tr>}
          {items.map(({ index }) => {
            const row = rows[index];
            return row === undefined ? null : <Line key={id(row)} {...props} row={row} index={index} height={rowHeight} />;
          })}
          {after > 0 && <tr aria-hidden="true"><td colSpan={span} style={{ height: after, padding: 0, border: 0 }} /></tr>}
        </tbody>
      </table>
      <span className="sr" role="status">{t("rows", { n: props.total ?? rows.length, count: n(props.total ?? rows.length) })}</span>
    </div>
  );
}

const kind = <T,>(column: Column<T>): string | undefined =>
  [column.end && "num", column.wide && "wide-only"].filter(Boolean).join(" ") || undefined;

function Heading<T>({ column, sort, onSort }: { column: Column<T>; sort?: string | undefined; onSort?: ((sort: string) => void) | undefined }) {
  const down = sort === `-${column.sort}`;
  const up = sort === column.sort && column.sort !== undefined;
  const inner = column.quiet ? <span className="sr">{column.head}</span> : column.head;
  return (
    <th scope="col" className={kind(column)} style={column.width ? { width: column.width } : undefined}
      aria-sort={up ? "ascending" : down ? "descending" : undefined}>
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

function Line<T>({ row, index, height, ...props }: Props<T> & { row: T; index: number; height: number }) {
  const { t } = useText();
  const { columns, id, onOpen, here, picked, onPick } = props;
  const name = id(row);
  return (
    <tr aria-rowindex={index + 2} className={`${onOpen ? "can" : ""} ${here === index ? "here" : ""}`} style={{ height }}
      onClick={onOpen && ((event) => {
        // A click on a control of the row is that control's.
        if (!(event.target as Element).closest("a, button, input, label")) onOpen(row);
      })}>
      {onPick && (
        <td className="pick">
          <input type="checkbox" aria-label={t("pick.one", { id: name })} checked={picked?.has(name) ?? false}
            onChange={(event) => onPick([name], event.target.checked)} />
        </td>
      )}
      {columns.map((column) => <td key={column.id} className={kind(column)}>{column.cell(row)}</td>)}
    </tr>
  );
}

/** "Showing 200 of 10,000": what a list holds and whether there is more. */
export function Shown({ rows, total, waiting }: { rows: number; total: number | undefined; waiting: boolean }) {
  const { t, n } = useText();
  return (
    <span className="soft small nowrap">
      {waiting ? <Icon name="clock" size={12} /> : null} {t("shown", { rows: n(rows), total: n(total ?? rows) })}
    </span>
  );
}
