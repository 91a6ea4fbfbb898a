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

/** The ways in which a diagram may have written a standard time: Indonesian, English plural, English singular. */
export function spellings(text) {
  const found = parse(text);
  if (!found) return [];
  const { number, unit } = found;
  return [`${number} ${ID[unit]}`, `${number} ${EN[unit]}s`, `${number} ${EN[unit]}`];
}

/** A new time in the language in which a label said the old one; null where it says something else. */
export function reworded(label, old, duration) {
  const place = spellings(old).indexOf(label);
  if (place < 0) return null;
  const [indonesian, plural, singular] = spellings(duration);
  return place === 0 ? indonesian : parse(duration).number === 1 ? singular : plural;
}
