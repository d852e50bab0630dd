// Ctrl-K: go anywhere by typing: pages, cases by name, accounts by id.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { get } from "../api/client";
import type { Case, Page } from "../api/types";
import { useText, type Key } from "../text";
import { Modal } from "./Ask";
import { Icon, type IconName } from "./Icon";
import { PLACES } from "./Shell";

interface Goal { id: string; icon: IconName; name: string; end?: string; go: () => void }

export function Palette({ close }: { close: () => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const goals = useGoals(useDeferredValue(typed.trim()));
  const here = Math.min(at, goals.length - 1);
  const choose = (goal: Goal | undefined) => {
    if (!goal) return;
    close();
    goal.go();
  };
  const press = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) {
      event.preventDefault();
      setAt((here + step + goals.length) % Math.max(1, goals.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(goals[here]);
    }
  };
  return (
    <Modal label="palette-title" close={close} className="palette">
      <h2 id="palette-title" className="sr">{t("palette.open")}</h2>
      <input autoFocus value={typed} onChange={(event) => { setTyped(event.target.value); setAt(0); }} onKeyDown={press}
        placeholder={t("palette.hint")} aria-label={t("palette.hint")} role="combobox" aria-expanded="true"
        aria-controls="palette-goals" aria-activedescendant={goals[here] ? `goal-${goals[here].id}` : undefined} />
      <ul id="palette-goals" role="listbox" aria-label={t("palette.open")}>
        {goals.map((goal, i) => (
          <li key={goal.id} id={`goal-${goal.id}`} role="option" aria-selected={i === here} onMouseMove={() => setAt(i)} onClick={() => choose(goal)}>
            <Icon name={goal.icon} /><span>{goal.name}</span>{goal.end && <span className="end">{goal.end}</span>}
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function useGoals(typed: string): Goal[] {
  const { t, word } = useText();
  const navigate = useNavigate();
  const cases = useQuery({
    queryKey: ["cases", "palette", typed], enabled: typed.length > 1,
    queryFn: ({ signal }) => get<Page<Case>>("/cases", { q: typed, limit: 8 }, signal),
  }).data?.items ?? [];
  const places = PLACES.map(([to, icon]): Goal => ({ id: icon, icon, name: t(`nav.${icon}` as Key), go: () => void navigate({ to }) }));
  const wanted = typed.toLowerCase();
  return [
    ...places.filter((place) => place.name.toLowerCase().includes(wanted)),
    ...cases.map((one): Goal => ({
      id: one.case_id, icon: "cases", name: one.title, end: word("kind", one.kind),
      go: () => void navigate({ to: "/cases/$id", params: { id: one.case_id } }),
    })),
    ...(typed.length > 2 && !typed.includes(" ")
      ? [{ id: "account", icon: "account" as const, name: t("palette.account", { id: typed }), go: () => void navigate({ to: "/accounts/$id", params: { id: typed } }) }]
      : []),
  ];
}
