// The frame of pages outside the console: sign-in, set-up, the public appeal form.
import { useEffect, type ReactNode } from "react";
import { useText } from "../text";
import { Mark } from "./Icon";

export function Alone({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  const { language, choose } = useText();
  const other = language === "en" ? "fr" : "en";
  useEffect(() => {
    document.title = `${name} – Vigie`;
  }, [name]);
  return (
    <div className={`alone ${wide ? "wide" : ""}`}>
      <main>
        <div className="brand"><Mark /><span style={{ flex: 1 }}>Vigie</span>
          <button type="button" className="btn bare sm" lang={other} onClick={() => choose(other)}>{other === "fr" ? "Français" : "English"}</button></div>
        {children}
      </main>
    </div>
  );
}
