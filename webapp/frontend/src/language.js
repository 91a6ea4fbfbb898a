// The words of the modeler in the language of the person. English is the key; whatever has no entry stays English.
import bpmn from "./words/bpmn.id.js";
import own from "./words/own.id.js";

/** Where English office words differ from those of BPMN. */
const english = { Collaboration: "Process" };
const DICTIONARIES = { id: { ...bpmn, ...own }, en: english };
let words = english;
/** What was asked for and has no entry; only looked at by tests. */
export const missing = new Set();

export function speak(language) {
  words = DICTIONARIES[language] ?? english;
}

/** `t("Saved {time}", { time: "10.42" })` */
export function t(text, params = {}) {
  const found = words[text] ?? text;
  if (!(text in words)) missing.add(text);
  return found.replace(/\{(\w+)\}/g, (all, name) => (name in params ? params[name] : all));
}

/** The English words beside others, where somebody reads English and there are some. */
export const ours = (text, other) => (words === english && other) || text;

export const LanguageModule = { translate: ["value", (text, params) => t(text, params)] };
