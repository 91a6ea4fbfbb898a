// Berulang: once for every entry of a list or a number of times, all at once or one after the other, or as long as a
// condition holds.
import { LISTS, entryOf, fieldsAt, listOf } from "../fields.js";
import { bare, is } from "../model.js";
import { t } from "../language.js";
import { ConditionRows } from "./condition.jsx";
import { Area, Check, Choice, Select, Text } from "./controls.jsx";
import { useModeler } from "./services.js";

const MODES = [
  ["", "Not repeated"],
  ["parallel", "For each entry, all at once"],
  ["sequential", "For each entry, one after the other"],
  ["loop", "As long as a condition holds"],
];
/** Of the list: not a list but how many times. */
const NUMBER = "\u0001";

export function Repeated({ element, id }) {
  const modeler = useModeler(element);
  const { owner, run } = modeler;
  const loop = owner.loopCharacteristics;
  const mode = !loop ? "" : is(loop, "bpmn:StandardLoopCharacteristics") ? "loop" : loop.isSequential ? "sequential" : "parallel";
  return (
    <>
      <Select id={id} label={t("Repeated")} value={mode} commit={(value) => run("repetition", { mode: value, item: value && value !== "loop" && !entryOf(loop) ? "item" : undefined })} options={MODES.map(([value, label]) => ({ value, label: t(label) }))} />
      {mode === "loop" && <Loop modeler={modeler} element={element} id={id} loop={loop} />}
      {mode && mode !== "loop" && <ForEach modeler={modeler} element={element} id={id} loop={loop} />}
    </>
  );
}

function ForEach({ modeler, element, id, loop }) {
  const { run } = modeler;
  const list = listOf(loop);
  const number = bare(loop.loopCardinality?.body);
  const item = entryOf(loop);
  const until = bare(loop.completionCondition?.body);
  const set = (changes) => run("repetition", changes);
  // Names whose kind nobody knows may be lists, too.
  const lists = fieldsAt(element, modeler, { own: false }).filter((one) => LISTS.has(one.type) || (!one.type && one.key !== item));
  const options = [...lists.map((one) => ({ value: one.key, label: one.label, group: one.step })), { value: NUMBER, label: t("A number of times"), group: t("Without a list") }];
  const choose = (value) => (value === NUMBER ? set({ number: "2", list: "" }) : set({ list: bare(value), number: "", item: item || "item" }));
  return (
    <>
      <Choice id={`${id}-list`} label={t("Over which list")} none={t("Choose a list …")} another={t("Another list by its name …")} mono value={number ? NUMBER : list} options={options} commit={choose}
        hint={lists.length ? "" : t("No earlier step asks for a list. Give its form a table of rows or several choices.")} />
      {number && <Text id={`${id}-number`} label={t("How many times")} mono value={number} hint={t("A number, or the name of a field that holds one.")} commit={(text) => set({ number: bare(text) })} />}
      {!number && <Text id={`${id}-item`} label={t("Name of one entry")} mono value={item} hint={t("Letters, digits and “_”, for example unit.")} commit={(text) => set({ item: text.trim() })} />}
      <While id={`${id}-until`} label={t("Finished early as soon as")} text={until} fields={fieldsAt(element, modeler)} commit={(body) => set({ until: body })} />
    </>
  );
}

function Loop({ modeler, element, id, loop }) {
  const set = (changes) => modeler.run("repetition", changes);
  return (
    <>
      <While id={`${id}-condition`} label={t("Repeated as long as")} text={bare(loop.loopCondition?.body)} fields={fieldsAt(element, modeler)} commit={(condition) => set({ condition })} />
      <Text id={`${id}-most`} type="number" min="1" label={t("At most how many times")} value={loop.loopMaximum == null ? "" : String(loop.loopMaximum)} commit={(text) => set({ most: Number.parseInt(text, 10) || undefined })} />
      <Check id={`${id}-first`} label={t("Look at the condition before the first time, too")} checked={Boolean(loop.testBefore)} commit={(on) => set({ first: on || undefined })} />
    </>
  );
}

/** A condition as rows and as the expression they make. */
function While({ id, label, text, fields, commit }) {
  return (
    <>
      <ConditionRows id={id} label={label} text={text} commit={commit} fields={fields} />
      {text && <Area id={`${id}-text`} label={t("Expression")} mono rows={2} value={text} commit={(body) => commit(body.trim())} />}
    </>
  );
}
