// The process: who looks after it, who may start it, how time is counted, how cases are called, the header of the sheet.
import { extensionList } from "../commands/extensions.js";
import { fieldsOf } from "../fields.js";
import { names, processOf } from "../model.js";
import { t } from "../language.js";
import { ConditionRows } from "./condition.jsx";
import { Area, Boxes, Check, Note, Select, Text } from "./controls.jsx";
import { orNothing, useModeler } from "./services.js";

const LINES = [
  ["title", "SOP title", false],
  ["number", "SOP number", false],
  ["created", "Date created", false],
  ["revised", "Date revised", false],
  ["effective", "Date effective", false],
  ["approved_by", "Approved by", false],
  ["legal_basis", "Legal basis", true],
  ["performer_qualifications", "Qualifications of performers", true],
  ["related", "Related to", true],
  ["equipment", "Equipment", true],
  ["warning", "Warning", true],
  ["records", "Records", true],
];

export function ProcessName({ element, id }) {
  const { set } = useModeler(element);
  const process = processOf(element);
  return (
    <>
      <Text id={id} label={t("Name of the process")} value={process.name ?? ""} commit={(name) => set({ name: orNothing(name) }, process)} />
      <Note id={`${id}-key`}>{t("Key")}: <code>{process.id}</code></Note>
    </>
  );
}

export function Executable({ element, id }) {
  const { set } = useModeler(element);
  const process = processOf(element);
  return <Check id={id} label={t("Executable: cases can run on it")} checked={Boolean(process.isExecutable)} commit={(on) => set({ isExecutable: on }, process)} />;
}

export function Owners({ element, id }) {
  const { set, choices } = useModeler(element);
  const process = processOf(element);
  return <Boxes id={id} label={t("Owners of the process")} hint={t("They edit and publish it; work that belongs to nobody comes to them.")} options={choices.positions} chosen={names(process.get("alur:owners"))}
    commit={(keys) => set({ "alur:owners": keys.join(",") || undefined }, process)} />;
}

export function Starters({ element, id }) {
  const { set, choices } = useModeler(element);
  const process = processOf(element);
  const chosen = names(process.get("alur:starters") || process.get("camunda:candidateStarterGroups"));
  return <Boxes id={id} label={t("Who may start a case")} hint={t("Nobody chosen: whoever performs the first step.")} options={choices.positions} chosen={chosen}
    commit={(keys) => set({ "alur:starters": keys.join(",") || undefined, "camunda:candidateStarterGroups": undefined }, process)} />;
}

export function Calendar({ element, id }) {
  const { set } = useModeler(element);
  const process = processOf(element);
  return <Select id={id} label={t("Standard times are counted in")} value={process.get("alur:calendar") ?? ""} commit={(value) => set({ "alur:calendar": value || undefined }, process)}
    options={[{ value: "office", label: t("Working time of the office") }, { value: "", label: t("Elapsed time, day and night") }]} />;
}

export function CaseTitle({ element, id }) {
  const modeler = useModeler(element);
  const process = processOf(element);
  const fields = fieldsOf(modeler);
  const text = (name) => process.get(`alur:${name}`) ?? "";
  const save = (name) => (value) => modeler.set({ [`alur:${name}`]: orNothing(value) }, process);
  const insert = (name) => (key) => {
    const word = fields.find((one) => one.key === key)?.type === "number" ? `str(${key})` : key;
    if (key) save(name)(text(name) ? `${text(name)} + ' ' + ${word}` : word);
  };
  const offered = [{ value: "", label: t("Choose a field …") }, ...fields.map((one) => ({ value: one.key, label: one.label, group: one.step }))];
  return (
    <>
      <Area id={id} mono rows={2} label={t("Title of a case")} value={text("title")} commit={save("title")} hint={t("Texts in quotes and fields of the first form, joined by +, for example 'Leave of ' + name.")} />
      <Select id={`${id}-field`} label={t("Add a field to the title")} value="" options={offered} commit={insert("title")} />
      <Area id={`${id}-key`} mono rows={2} label={t("Two cases are the same when this is equal")} value={text("caseKey")} commit={save("caseKey")} />
      <ConditionRows id={`${id}-confidential`} label={t("Confidential when")} text={text("confidential")} fields={fields} commit={save("confidential")} />
      <Text id={`${id}-confidential-text`} mono label={t("Expression")} value={text("confidential")} commit={save("confidential")} hint={t("For example: classification == 'secret'")} />
    </>
  );
}

export function OnlyCalled({ element, id }) {
  const { set } = useModeler(element);
  const process = processOf(element);
  return <Check id={id} label={t("Only called by other processes; nobody starts a case of it")} checked={["true", "1"].includes(process.get("alur:onlyCalled"))} commit={(on) => set({ "alur:onlyCalled": on ? "true" : undefined }, process)} />;
}

/** The header of the SOP sheet. What the source does not say stays blank. */
export function SheetHeader({ element, id }) {
  const { run } = useModeler(element);
  const process = processOf(element);
  const entries = extensionList(process, "alur:SopHeader", "entries");
  const lines = (name) => entries.filter((one) => one.name === name);
  const save = (name, texts) => {
    const kept = entries.map((one) => [one.name, one.text]);
    const at = kept.findIndex(([one]) => one === name);
    const made = (texts.length ? texts : at >= 0 ? [undefined] : []).map((text) => [name, text]);
    const rest = kept.filter(([one]) => one !== name);
    const place = at >= 0 ? kept.slice(0, at).filter(([one]) => one !== name).length : rest.length;
    const items = [...rest.slice(0, place), ...made, ...rest.slice(place)].map(([one, text]) => ["alur:Entry", { name: one, text }]);
    run("extensionList", { owner: process, type: "alur:SopHeader", property: "entries", items });
  };
  return LINES.map(([name, label, several]) => {
    const value = lines(name).map((one) => one.text ?? "").join("\n");
    const commit = (text) => save(name, text.split("\n").map((line) => line.trim()).filter(Boolean));
    return several ? (
      <Area key={name} id={`${id}-${name}`} label={t(label)} hint={t("One line each.")} rows={Math.min(6, Math.max(2, value.split("\n").length))} value={value} commit={commit} />
    ) : (
      <Text key={name} id={`${id}-${name}`} label={t(label)} value={value} commit={commit} />
    );
  });
}
