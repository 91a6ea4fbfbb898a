// Tugas: which form, who performs it, how urgent it is, and what the button says.
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useService } from "bpmn-js-properties-panel";
import { emptyForm, freeKey } from "../commands/forms.js";
import { bare, formKey, laneOf, names } from "../model.js";
import { t } from "../language.js";
import { Actions, Boxes, Button, Note, Select, Text } from "./controls.jsx";
import { orNothing, useModeler } from "./services.js";

const PRIORITIES = [
  { value: "25", label: "Low" },
  { value: "", label: "Normal" },
  { value: "75", label: "High" },
  { value: "100", label: "Urgent" },
];

function setForm(modeler, key) {
  modeler.modeling.updateProperties(modeler.element, { "camunda:formKey": key || undefined, "camunda:formRef": undefined, "camunda:formRefBinding": undefined, "camunda:formRefVersion": undefined });
}

/** Make an empty form and give it to the task, as one step. */
export function createForm({ commandStack, modeling, forms, element, name, key }) {
  const made = key || freeKey(name, (one) => forms.has(one));
  const steps = () => {
    commandStack.execute("alur.setForm", { key: made, text: emptyForm(made, name, t("Note")) });
    setForm({ modeling, element }, made);
  };
  commandStack.execute("alur.together", { steps });
  return made;
}

export function FormChoice({ element, id }) {
  const modeler = { ...useModeler(element), element };
  const { choices, forms } = modeler;
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const key = formKey(element);
  const own = Object.keys(forms.texts).map((one) => ({ value: one, label: forms.name(one) }));
  const known = new Set(own.map((one) => one.value));
  const others = Object.entries(choices.forms ?? {}).filter(([one]) => !known.has(one)).map(([one, form]) => ({ value: one, label: form.name || one }));
  const options = [{ value: "", label: t("No form: only marked as done") }, ...own, ...others].sort((a, b) => (a.value ? (b.value ? a.label.localeCompare(b.label) : 1) : -1));
  const make = () => {
    createForm({ ...modeler, name: name.trim() || modeler.owner.name || t("New form") });
    setNaming(false);
    setName("");
  };
  return (
    <>
      <Select id={id} label={t("Form")} value={key} options={options} commit={(value) => setForm(modeler, value)} />
      <Actions id={`${id}-actions`}>
        {!naming && <Button onClick={() => { setName(modeler.owner.name ?? ""); setNaming(true); }}>{t("Create a form")}</Button>}
        {key && choices.form_address && <a class="button button-small" href={choices.form_address.replace("FORM", encodeURIComponent(key))} data-leave="">{t("Edit the form")}</a>}
      </Actions>
      {naming && (
        <div class="bio-properties-panel-entry alur-inset" data-entry-id={`${id}-new`}>
          <label class="bio-properties-panel-label" for={`${id}-name`}>{t("Name of the new form")}</label>
          <input id={`${id}-name`} class="bio-properties-panel-input" value={name} autofocus ref={(node) => node && !node.dataset.met && ((node.dataset.met = "1"), node.focus())}
            onInput={(event) => setName(event.target.value)} onKeyDown={(event) => event.key === "Enter" && make()} />
          <div class="alur-actions"><Button onClick={make}>{t("Create")}</Button><Button quiet onClick={() => setNaming(false)}>{t("Cancel")}</Button></div>
        </div>
      )}
    </>
  );
}

export function Performer({ element, id }) {
  const { owner, choices, modeling } = useModeler(element);
  const groups = owner.get("camunda:candidateGroups") ?? "";
  const people = [owner.get("camunda:assignee"), owner.get("camunda:candidateUsers")].filter(Boolean).join(", ");
  const isExpression = /^\s*\$\{/.test(groups);
  const [mode, setMode] = useState(null);
  const shown = mode ?? (people ? "people" : isExpression ? "expression" : groups ? "positions" : "lane");
  const lane = laneOf(element);
  const set = (value) => modeling.updateProperties(element, { "camunda:candidateGroups": orNothing(value), "camunda:assignee": undefined, "camunda:candidateUsers": undefined });
  const choose = (next) => {
    setMode(next === "people" ? null : next);
    if (next === "lane") set("");
    const item = owner.loopCharacteristics?.get("camunda:elementVariable");
    if (next === "expression" && !isExpression && item) set(`\${${item}}`);
  };
  const options = [
    { value: "lane", label: lane ? t("The lane: {lane}", { lane }) : t("The lane (it lies in none)") },
    { value: "positions", label: t("Chosen positions") },
    { value: "expression", label: t("Whoever the data name") },
  ];
  if (people) options.push({ value: "people", label: t("As written in the file: {people}", { people }) });
  return (
    <>
      <Select id={id} label={t("Performed by")} value={shown} commit={choose} options={options} />
      {shown === "positions" && <Boxes id={`${id}-positions`} label={t("Positions")} options={choices.positions} chosen={isExpression ? [] : names(groups)} commit={(keys) => set(keys.join(","))} />}
      {shown === "expression" && (
        <Text id={`${id}-expression`} label={t("Name that holds the position")} mono value={isExpression ? bare(groups) : ""} hint={t("For a repeated step: the name of one entry, for example unit.")}
          commit={(text) => set(text.trim() ? `\${${bare(text)}}` : "")} />
      )}
    </>
  );
}

export function Priority({ element, id }) {
  const { owner, modeling } = useModeler(element);
  const value = String(owner.get("camunda:priority") ?? "");
  return <Select id={id} label={t("Priority")} value={value === "50" ? "" : value} options={PRIORITIES.map((one) => ({ ...one, label: t(one.label) }))}
    commit={(text) => modeling.updateProperties(element, { "camunda:priority": orNothing(text) })} />;
}

export function ButtonText({ element, id }) {
  const { owner, modeling } = useModeler(element);
  return <Text id={id} label={t("Text of the button that sends")} hint={t("Say what happens, for example “Send to the Camat”.")} value={owner.get("alur:action") ?? ""}
    commit={(text) => modeling.updateProperties(element, { "alur:action": orNothing(text) })} />;
}

/** What hangs on the id of an element. */
export function KnownBy({ id }) {
  return <Note id={id}>{t("Forms, papers and running cases know the element by its ID. Change it only if you must.")}</Note>;
}

/** A lane is a position: choosing one names it. */
export function LanePosition({ element, id }) {
  const { owner, choices, modeling } = useModeler(element);
  const name = owner.name ?? "";
  const found = choices.positions.find((one) => one.label.toLowerCase() === name.toLowerCase() || one.value === name);
  const options = [{ value: "", label: t("Choose a position …") }, ...choices.positions.map((one) => ({ value: one.label, label: one.label }))];
  const unknown = name && !found;
  return <Select id={id} label={t("Whose lane this is")} value={found ? found.label : name} options={unknown ? [...options, { value: name, label: `${name} (${t("does not exist yet")})` }] : options}
    commit={(label) => modeling.updateProperties(element, { name: label || undefined })} />;
}

/** Of a step that is only marked as done: with a form it is a user task. */
export function MakeUserTask({ element, id }) {
  const replace = useService("bpmnReplace");
  return (
    <>
      <Note id={id}>{t("Whoever performs this step only marks it as done. To have a form filled in, make it a user task.")}</Note>
      <Actions id={`${id}-change`}><Button onClick={() => replace.replaceElement(element, { type: "bpmn:UserTask" })}>{t("Change it to a user task")}</Button></Actions>
    </>
  );
}
