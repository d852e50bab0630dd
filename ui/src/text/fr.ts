// All words in French.
import { cases } from "./fr/cases";
import { rest } from "./fr/rest";
import { said } from "./fr/said";
import { settings } from "./fr/settings";
import { words } from "./fr/words";

export const fr = { ...words, ...cases, ...rest, ...settings, ...said };
