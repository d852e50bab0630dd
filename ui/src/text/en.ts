// All words in English.
import { cases } from "./en/cases";
import { rest } from "./en/rest";
import { said } from "./en/said";
import { settings } from "./en/settings";
import { words } from "./en/words";

export const en = { ...words, ...cases, ...rest, ...settings, ...said };
