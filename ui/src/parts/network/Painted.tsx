// The picture of a network painted by a worker: the page only says what is to be seen.
import { useEffect, useRef, useState } from "react";
import { Bones } from "../Bits";
import { useTheme } from "../Chart";
import { sceneOf } from "./columns";
import type { PictureProps } from "./Picture";
import { soft, type Soft } from "./soft";
import { Zoom } from "./Zoom";

export default function Painted({ net, columns, shown, chosen, choose, label }: PictureProps) {
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
      <Zoom zoom={(way) => made.current?.zoom(way)} />
    </>
  );
}
