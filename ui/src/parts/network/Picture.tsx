// The picture of a network: drawn by sigma.js (Drawn.tsx) where WebGL is quick, else painted by a worker (Painted.tsx). Either
// is fetched when it is needed.
import { lazy, Suspense, useState } from "react";
import type { CaseNetwork } from "../../api/types";
import { useText } from "../../text";
import { AccountLink, Bones } from "../Bits";
import type { Columns } from "./columns";
import { SOFT } from "./start";

const Drawn = lazy(() => import("./Drawn"));
const Painted = lazy(() => import("./Painted"));

export interface PictureProps {
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

export default function Picture(props: PictureProps) {
  const { net, chosen } = props;
  const { t, pct } = useText();
  const [gl] = useState(() => webgl(net.nodes.length));
  const node = chosen === undefined ? undefined : net.nodes[props.columns.at.get(chosen) ?? -1];
  return (
    <div className="net">
      <Suspense fallback={<Bones />}>{gl ? <Drawn {...props} /> : <Painted {...props} />}</Suspense>
      {node && <div className="tip"><AccountLink id={node.account_id} /><div className="small soft">{t("net.tip", { score: pct(node.score), share: pct(node.share) })}</div></div>}
    </div>
  );
}
