// When a timer goes off: after a time, at a moment, or again and again. What the fields can't say stays a text.
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { parse, write } from "../duration.js";
import { eventDefinition, getBusinessObject, is, standardTimer } from "../model.js";
import { t } from "../language.js";
import { Select, Text } from "./controls.jsx";
import { useModeler } from "./services.js";
import { Time } from "./time.jsx";

const KINDS = [
  ["timeDuration", "After a time"],
  ["timeDate", "At a moment"],
  ["timeCycle", "Again and again"],
];
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;
const ROUNDS = /^R(\d*)\/(P[\dDTHM]+)$/;

export const isTimer = (element) => is(element, "bpmn:Event") && Boolean(eventDefinition(element, "bpmn:TimerEventDefinition"));

export function TimerTime({ element, id }) {
  const { set, commandStack, bpmnFactory } = useModeler(element);
  const definition = eventDefinition(element, "bpmn:TimerEventDefinition");
  const written = KINDS.map(([name]) => name).find((name) => definition.get(name));
  const [begun, setBegun] = useState(null);
  const kind = begun ?? written ?? "timeDuration";
  const text = (written === kind && definition.get(kind)?.body?.trim()) || "";
  const save = (body) => {
    setBegun(null);
    // The standard time of a step is changed with its labels.
    if (kind === "timeDuration" && body && parse(body) && element.host && standardTimer(element.host) === element) return commandStack.execute("alur.standardTime", { element: element.host, duration: body });
    const expression = body ? bpmnFactory.create("bpmn:FormalExpression", { body }) : undefined;
    if (expression) expression.$parent = definition;
    return set({ timeDuration: undefined, timeDate: undefined, timeCycle: undefined, [kind]: expression }, definition);
  };
  const repeats = !is(element, "bpmn:IntermediateCatchEvent") && !(is(element, "bpmn:BoundaryEvent") && getBusinessObject(element).cancelActivity);
  const kinds = KINDS.filter(([name]) => repeats || name !== "timeCycle" || kind === name).map(([value, label]) => ({ value, label: t(label) }));
  const Entry = { timeDuration: Duration, timeDate: Moment, timeCycle: Cycle }[kind];
  return (
    <>
      <Select id={`${id}-kind`} label={t("Goes off")} value={kind} options={kinds} commit={setBegun} />
      <Entry id={id} text={text} save={save} key={kind} />
    </>
  );
}

const asText = (id, text, save) => <Text id={id} mono label={t("Written as")} hint={t("In ISO 8601, or ${expression} over the data.")} value={text} commit={(body) => save(body.trim())} />;

function Duration({ id, text, save }) {
  if (text && !parse(text)) return asText(id, text, save);
  return <Time id={id} label={t("After")} text={text} commit={save} />;
}

function Moment({ id, text, save }) {
  if (text && !MOMENT.test(text)) return asText(id, text, save);
  return <Text id={id} type="datetime-local" label={t("Date and time")} hint={t("By the clock of the office.")} value={text.slice(0, 16)} commit={save} />;
}

function Cycle({ id, text, save }) {
  const found = ROUNDS.exec(text);
  if (text && !(found && parse(found[2]))) return asText(id, text, save);
  const [, rounds = "", every = ""] = found ?? [];
  return (
    <>
      <Time id={id} label={t("Every")} text={every} commit={(body) => save(body && `R${rounds}/${body}`)} />
      <Text id={`${id}-rounds`} type="number" min="1" label={t("How many times")} hint={t("Nothing: without end.")} value={rounds} commit={(number) => save(`R${number.replace(/\D/g, "")}/${every || write(1, "days")}`)} />
    </>
  );
}
