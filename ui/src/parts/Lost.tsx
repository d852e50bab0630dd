// No such page, or a page that broke.
import { Link } from "@tanstack/react-router";
import { useText } from "../text";
import { Empty, Trouble } from "./Bits";

export function Lost() {
  const { t } = useText();
  return (
    <main className="content">
      <h1 className="sr">{t("lost.title")}</h1>
      <Empty icon="search" title={t("lost.title")} acts={<Link to="/" className="btn">{t("nav.overview")}</Link>}>{t("lost.text")}</Empty>
    </main>
  );
}

export function Failed({ error, reset }: { error: unknown; reset?: () => void }) {
  return <main className="content"><Trouble error={error} again={reset ?? (() => location.reload())} /></main>;
}
