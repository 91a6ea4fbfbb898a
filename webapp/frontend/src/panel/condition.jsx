// Syarat: when a flow is taken. Rows of field, comparison and value; the expression they make is shown and editable.
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { read, write } from "../condition.js";
import { fieldsAt } from "../fields.js";
import { bare, getBusinessObject } from "../model.js";
import { t } from "../language.js";
import { Area, Button, Check, Grouped, Note } from "./controls.jsx";
import { useModeler } from "./services.js";

const CHOICES = [["==", "is"], ["!=", "is not"]];
const NUMBERS = [["==", "="], ["!=", "≠"], [">", ">"], [">=", "≥"], ["<", "<"], ["<=", "≤"]];
const YES_NO = [["yes", "yes"], ["no", "no"]];
const DATES = [["==", "is"], ["!=", "is not"], [">", "after"], [">=", "on or after"], ["<", "before"], ["<=", "on or before"]];
const LISTS = [["in", "contains"], ["not in", "does not contain"]];
const FILLED = [["yes", "is filled in"], ["no", "is empty"]];
const INPUTS = { number: "number", date: "date", time: "time", datetime: "datetime-local" };

function comparisons(field) {
  if (!field?.type) return [...YES_NO, ...CHOICES, ...NUMBERS.slice(2)];
  if (field.type === "checkbox") return YES_NO;
  if (field.type === "filepicker" || field.type === "dynamiclist") return FILLED;
  if (field.type === "checklist" || field.type === "taglist") return [...LISTS, ...FILLED];
  if (field.type === "number") return NUMBERS;
  if (field.type === "datetime") return [...DATES, ...FILLED];
  return [...CHOICES, ...FILLED];
}

/** What somebody types for a field whose choices are not known. */
const inputOf = (field) => INPUTS[field?.type === "datetime" ? field.subtype : field?.type] ?? "text";

export function ConditionRows({ id, label, text, commit, fields }) {
  const parsed = read(text);
  const [extra, setExtra] = useState(false);
  const heading = label && <div class="bio-properties-panel-label">{label}</div>;
  if (!parsed) return <Note id={id}>{heading}{t("This condition says more than the rows can show. Change it in the text below.")}</Note>;
  const rows = parsed.rows.length && !extra ? parsed.rows : [...parsed.rows, { field: "", comparison: "", value: "" }];
  const save = (join, list) => {
    setExtra(false);
    commit(write({ join, rows: list }));
  };
  const change = (at, changes) => {
    const next = rows.map((one, place) => (place === at ? { ...one, ...changes } : one));
    const row = next[at];
    const field = fields.find((one) => one.key === row.field);
    if ("field" in changes || !comparisons(field).some(([sign]) => sign === row.comparison)) row.comparison = comparisons(field)[0][0];
    if ("field" in changes) row.value = field?.options[0]?.value ?? (field?.type === "number" ? "0" : "");
    row.text = field?.type ? field.type !== "number" : row.text;
    save(parsed.join, next);
  };
  return (
    <div class="bio-properties-panel-entry alur-condition" data-entry-id={id}>
      {heading}
      {rows.length > 1 && (
        <select class="bio-properties-panel-input" aria-label={t("How the rows are joined")} value={parsed.join} onChange={(event) => save(event.target.value, parsed.rows)}>
          <option value="and">{t("All of these hold")}</option>
          <option value="or">{t("One of these holds")}</option>
        </select>
      )}
      {rows.map((row, at) => {
        const field = fields.find((one) => one.key === row.field);
        return (
          <div class="alur-condition-row" key={at} role="group" aria-label={t("Condition {n}", { n: at + 1 })}>
            <select class="bio-properties-panel-input" aria-label={t("Field")} data-condition-field="" value={row.field} onChange={(event) => change(at, { field: event.target.value })}>
              <option value="">{t("Choose a field …")}</option>
              {row.field && !field && <option value={row.field}>{row.field}</option>}
              <Grouped options={fields.map((one) => ({ value: one.key, label: one.label, group: one.step }))} value={row.field} />
            </select>
            {row.field && (
              <>
                <select class="bio-properties-panel-input" aria-label={t("Comparison")} value={row.comparison} onChange={(event) => change(at, { comparison: event.target.value })}>
                  {comparisons(field).map(([sign, words]) => <option value={sign} selected={sign === row.comparison}>{/[a-z]/.test(words) ? t(words) : words}</option>)}
                </select>
                {!["yes", "no"].includes(row.comparison) && <Value row={row} field={field} commit={(value) => change(at, { value })} />}
                <Button quiet label={t("Remove condition {n}", { n: at + 1 })} onClick={() => save(parsed.join, rows.filter((_, place) => place !== at))}>×</Button>
              </>
            )}
          </div>
        );
      })}
      {parsed.rows.length > 0 && !extra && <Button onClick={() => setExtra(true)}>{t("Add a condition")}</Button>}
    </div>
  );
}

function Value({ row, field, commit }) {
  const [typed, setTyped] = useState(null);
  if (field?.options.length) {
    return (
      <select class="bio-properties-panel-input" aria-label={t("Value")} value={row.value} onChange={(event) => commit(event.target.value)}>
        {!field.options.some((one) => one.value === row.value) && <option value={row.value}>{row.value}</option>}
        {field.options.map((one) => <option value={one.value} selected={one.value === row.value}>{one.label}</option>)}
      </select>
    );
  }
  const send = () => {
    if (typed !== null && typed !== row.value) commit(typed);
    setTyped(null);
  };
  return <input class="bio-properties-panel-input" aria-label={t("Value")} type={inputOf(field)} step="any" value={typed ?? row.value}
    onInput={(event) => setTyped(event.target.value)} onBlur={send} onKeyDown={(event) => event.key === "Enter" && send()} />;
}

/** Of a flow that leaves a gateway. */
export function FlowCondition({ element, id }) {
  const modeler = useModeler(element);
  const { owner, modeling, bpmnFactory, together } = modeler;
  const source = getBusinessObject(element.source);
  const standard = source.default === owner;
  const text = bare(owner.conditionExpression?.body);
  const set = (body) => {
    const conditionExpression = body.trim() ? bpmnFactory.create("bpmn:FormalExpression", { body: body.trim() }) : undefined;
    if (conditionExpression) conditionExpression.$parent = owner;
    modeling.updateProperties(element, { conditionExpression });
  };
  // The other way is taken without a condition.
  const otherwise = (on) =>
    together(() => {
      if (on && owner.conditionExpression) set("");
      modeling.updateProperties(element.source, { default: on ? owner : undefined });
    });
  return (
    <>
      <Check id={`${id}-default`} label={t("Otherwise: taken when no other condition holds")} checked={standard} commit={otherwise} />
      {!standard && <ConditionRows id={id} text={text} commit={set} fields={fieldsAt(element, modeler)} />}
      {!standard && <Area id={`${id}-text`} label={t("Expression")} mono rows={2} value={text} commit={set} hint={t("For example: status == 'complete' and amount > 1000")} />}
    </>
  );
}

/** Of an event that waits for something to be true. */
export function EventCondition({ element, id }) {
  const modeler = useModeler(element);
  const { owner, set, bpmnFactory } = modeler;
  const definition = owner.eventDefinitions[0];
  const text = bare(definition.condition?.body);
  const write = (body) => {
    const condition = body.trim() ? bpmnFactory.create("bpmn:FormalExpression", { body: body.trim() }) : undefined;
    if (condition) condition.$parent = definition;
    set({ condition }, definition);
  };
  return (
    <>
      <ConditionRows id={id} text={text} commit={write} fields={fieldsAt(element, modeler)} />
      <Area id={`${id}-text`} label={t("Expression")} mono rows={2} value={text} commit={write} />
    </>
  );
}
