// All words in English.
import { cases } from "./en/cases";
import { rest } from "./en/rest";
import { words } from "./en/words";

export const en = { ...words, ...cases, ...rest };
