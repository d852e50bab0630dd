// Coming nearer, going back, seeing all: the same buttons for both ways of drawing.
import { useText } from "../../text";
import { Icon } from "../Icon";

export type Way = "in" | "out" | "fit";

export function Zoom({ zoom }: { zoom: (way: Way) => void }) {
  const { t } = useText();
  return (
    <div className="zoom">
      <button type="button" className="btn sm" aria-label={t("net.in")} onClick={() => zoom("in")}><Icon name="plus" size={14} /></button>
      <button type="button" className="btn sm" aria-label={t("net.out")} onClick={() => zoom("out")}><Icon name="minus" size={14} /></button>
      <button type="button" className="btn sm" aria-label={t("net.fit")} onClick={() => zoom("fit")}><Icon name="fit" size={14} /></button>
    </div>
  );
}
