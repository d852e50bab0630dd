// The keys, as a page over the page.
import { useText, type Key } from "../text";
import { Modal } from "./Ask";

const KEYS = [["Ctrl K", "keys.palette"], ["j / k", "keys.move"], ["x", "keys.pick"], ["Enter", "keys.open"], ["?", "keys.help"], ["Esc", "keys.close"]] as const;

export function Shortcuts({ close }: { close: () => void }) {
  const { t } = useText();
  return (
    <Modal label="keys-title" close={close}>
      <form method="dialog">
        <h2 id="keys-title">{t("keys.title")}</h2>
        <dl className="facts">
          {KEYS.map(([key, text]) => (
            <div key={key} style={{ display: "contents" }}><dt><kbd>{key}</kbd></dt><dd style={{ textAlign: "start" }}>{t(text as Key)}</dd></div>
          ))}
        </dl>
        <div className="acts"><button type="submit" className="btn main">{t("close")}</button></div>
      </form>
    </Modal>
  );
}
