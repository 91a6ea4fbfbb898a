// Standard times between ISO 8601 and what an office says: a number and minutes, hours or days.
import { t } from "./language.js";

const UNITS = { minutes: "M", hours: "H", days: "D" };
const WORDS = { minutes: ["{n} minute", "{n} minutes"], hours: ["{n} hour", "{n} hours"], days: ["{n} day", "{n} days"] };

/** {number, unit} for P4D, PT15M or PT2H; null for anything else. */
export function parse(text) {
  const days = /^P(\d+)D$/.exec(text ?? "");
  if (days) return { number: Number(days[1]), unit: "days" };
  const clock = /^PT(\d+)([MH])$/.exec(text ?? "");
  return clock ? { number: Number(clock[1]), unit: clock[2] === "M" ? "minutes" : "hours" } : null;
}

export const write = (number, unit) => (unit === "days" ? `P${number}D` : `PT${number}${UNITS[unit]}`);

export function inWords(text) {
  const found = parse(text);
  return found ? t(WORDS[found.unit][found.number === 1 ? 0 : 1], { n: found.number }) : "";
}

const ID = { minutes: "menit", hours: "jam", days: "hari" };
const EN = { minutes: "minute", hours: "hour", days: "day" };

/** All ways in which a diagram may have written this standard time, so that its labels can follow a change. */
export function spellings(text) {
  const found = parse(text);
  if (!found) return [];
  const { number, unit } = found;
  return [`${number} ${ID[unit]}`, `${number} ${EN[unit]}s`, `${number} ${EN[unit]}`];
}
