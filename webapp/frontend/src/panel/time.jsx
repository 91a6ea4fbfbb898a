// A length of time in office words: a number and its unit.
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { parse, write } from "../duration.js";
import { t } from "../language.js";
import { useTyped } from "./controls.jsx";

/** `commit` gets the ISO duration, or "" when the number is taken away; `beside` stands in the same row, `children` below. */
export function Time({ id, label, text, commit, beside, children }) {
  const found = parse(text);
  const [unit, setUnit] = useState(null);
  const shown = unit ?? found?.unit ?? "days";
  const [refused, setRefused] = useState(false);
  const set = (number, of) => {
    const wrong = number !== "" && !/^[1-9]\d{0,2}$/.test(number);
    setRefused(wrong);
    if (wrong) return;
    setUnit(null);
    commit(number && write(Number(number), of));
  };
  return (
    <div class="bio-properties-panel-entry" data-entry-id={id} role="group" aria-labelledby={`${id}-legend`}>
      <div class="bio-properties-panel-label" id={`${id}-legend`}>{label}</div>
      <div class="alur-time">
        <NumberInput id={id} value={found ? String(found.number) : ""} commit={(number) => set(number, shown)} />
        <select class="bio-properties-panel-input" id={`${id}-unit`} aria-label={t("Unit")} value={shown} onChange={(event) => (found ? set(String(found.number), event.target.value) : setUnit(event.target.value))}>
          <option value="minutes">{t("minutes")}</option>
          <option value="hours">{t("hours")}</option>
          <option value="days">{t("days")}</option>
        </select>
        {beside}
      </div>
      {refused && <div class="bio-properties-panel-error" role="alert">{t("A whole number from 1 to 999; before it was {number}.", { number: found?.number ?? "–" })}</div>}
      {children}
    </div>
  );
}

function NumberInput({ id, value, commit }) {
  const { typed, type, send } = useTyped(value, commit);
  return (
    <input id={`bio-properties-panel-${id}`} name={id} class="bio-properties-panel-input" type="number" min="0" max="999" step="1" aria-label={t("Number")} value={typed}
      onInput={(event) => type(event.target.value)} onBlur={send} onKeyDown={(event) => event.key === "Enter" && send()}
      onChange={(event) => event.target !== document.activeElement && send()} />
  );
}
