// Settings: policy, people, API tokens, webhooks, durable exceptions.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { session } from "../../api/queries";
import { Head } from "../../parts/Bits";
import { Icon } from "../../parts/Icon";
import { settingsRoute } from "../../router";
import { useText, type Key } from "../../text";
import { Exceptions } from "./Exceptions";
import { Password } from "./Password";
import { Policy } from "./Policy";
import { Tokens } from "./Tokens";
import { Users } from "./Users";
import { Webhooks } from "./Webhooks";

const TABS = ["policy", "users", "tokens", "webhooks", "exceptions", "password"] as const;

export function Page(): React.ReactNode {
  const { t } = useText();
  const { tab = "policy" } = settingsRoute.useSearch();
  const admin = useQuery(session).data?.user?.role === "admin";
  return (
    <>
      <Head name={t("nav.settings")} title={t("nav.settings")} />
      <nav className="tabs" aria-label={t("nav.settings")}>
        {TABS.map((name) => <Link key={name} to="/settings" search={{ tab: name }} aria-current={name === tab ? "page" : undefined} activeOptions={{ exact: true, includeSearch: true }}>{t(`settings.${name}` as Key)}</Link>)}
      </nav>
      {!admin && !["exceptions", "tokens", "password"].includes(tab) && <div className="notice" style={{ marginBottom: "1rem" }}><Icon name="info" /><span>{t("settings.admin")}</span></div>}
      {tab === "users" ? <Users admin={admin} /> : tab === "tokens" ? <Tokens /> : tab === "webhooks" ? <Webhooks /> : tab === "exceptions" ? <Exceptions /> : tab === "password" ? <Password /> : <Policy admin={admin} />}
    </>
  );
}
