// What an event sends, waits for or catches, chosen from what exists or new by its name: messages, signals, errors,
// escalations and links.
import { definitionsOf, eventDefinition, getBusinessObject, is } from "../model.js";
import { t } from "../language.js";
import { Choice, Text } from "./controls.jsx";
import { orNothing, useModeler } from "./services.js";

/** Of each kind: its root element, the attribute that refers to it, the attribute it goes by, and how it is called. */
const KINDS = {
  message: { root: "bpmn:Message", ref: "messageRef", by: "name", offered: "messages", label: "Message", none: "Choose a message …", another: "A new message …", hint: "What another process sends or awaits, or a new one." },
  signal: { root: "bpmn:Signal", ref: "signalRef", by: "name", offered: "signals", label: "Signal", none: "Choose a signal …", another: "A new signal …", hint: "A signal reaches everybody who waits for it now, in other cases too." },
  error: { root: "bpmn:Error", ref: "errorRef", by: "errorCode", label: "Error", none: "Choose an error …", every: "Every error", another: "A new error …", hint: "An event on the border of a sub-process catches the error of the same name inside." },
  escalation: { root: "bpmn:Escalation", ref: "escalationRef", by: "escalationCode", label: "Escalation", none: "Choose an escalation …", every: "Every escalation", another: "A new escalation …", hint: "An event on the border of a sub-process catches the escalation of the same name inside." },
};

const throws = (element) => is(element, "bpmn:SendTask") || is(element, "bpmn:ThrowEvent");

/** Which of KINDS an element has, else null. */
export function kindOf(element) {
  if (is(element, "bpmn:ReceiveTask") || is(element, "bpmn:SendTask")) return "message";
  const type = is(element, "bpmn:Event") ? (eventDefinition(element)?.$type ?? "") : "";
  const kind = type.replace(/^bpmn:(\w+)EventDefinition$/, (_, name) => name.toLowerCase());
  return kind in KINDS ? kind : null;
}

export const titleOf = (kind) => t(KINDS[kind].label);

export function Target({ element, id, kind }) {
  const { root, ref, by, offered, none, every, another, hint } = KINDS[kind];
  const { owner, set, choices, bpmnFactory, together } = useModeler(element);
  const definitions = definitionsOf(element);
  const holder = is(element, "bpmn:Event") ? eventDefinition(element) : owner;
  const known = definitions.rootElements.filter((one) => is(one, root));
  const called = (one) => one?.get(by) || one?.name || one?.id || "";
  const options = [...new Set([...known.map(called), ...((offered && choices[offered]) || [])])].filter(Boolean).map((name) => ({ value: name, label: name }));
  const choose = (name) => {
    const old = holder.get(ref);
    const found = known.find((one) => called(one) === name);
    const made = name && !found ? bpmnFactory.create(root, { name, ...(by !== "name" && { [by]: name }) }) : null;
    const left = definitions.rootElements.filter((one) => one !== old || one === found || one.get("extensionElements") || mentioned(definitions, old, holder));
    const rest = made ? [...left, made] : left;
    if (made) made.$parent = definitions;
    together(() => {
      set({ [ref]: found ?? made ?? undefined }, holder);
      if (rest.length !== definitions.rootElements.length || made) set({ rootElements: rest }, definitions);
    });
  };
  return (
    <>
      <Choice id={id} label={t(KINDS[kind].label)} value={called(holder.get(ref))} none={t(every && !throws(element) ? every : none)} another={t(another)} options={options} hint={t(hint)} commit={choose} />
      {kind === "message" && <Key owner={owner} set={set} id={id} element={element} />}
    </>
  );
}

function Key({ element, owner, set, id }) {
  const save = (name) => (text) => set({ [name]: orNothing(text) });
  return (
    <>
      <Text id={`${id}-key`} mono label={t("Key that tells receivers apart")} hint={t("An expression, for example the number of the letter; sender and receiver must have the same.")} value={owner.get("alur:correlationKey") ?? ""} commit={save("alur:correlationKey")} />
      {throws(element) && <Text id={`${id}-carries`} mono label={t("Data it takes along")} hint={t("Names separated by commas.")} value={owner.get("alur:carries") ?? ""} commit={save("alur:carries")} />}
    </>
  );
}

/** Whether anything but one holder still refers to a root element; a root element nobody needs goes with its last use. */
function mentioned(definitions, wanted, except) {
  const seen = new Set();
  const search = (one) => {
    if (!one || typeof one !== "object" || seen.has(one)) return false;
    seen.add(one);
    if (Array.isArray(one)) return one.some(search);
    const properties = one.$descriptor?.properties ?? [];
    return properties.some(({ name, isReference }) => {
      const value = one.get(name);
      return isReference ? one !== except && [value].flat().includes(wanted) : search(value);
    });
  };
  return Boolean(wanted) && search(definitions);
}

/** Two ends of a jump, told by a name. */
export function Link({ element, id }) {
  const { set, elementRegistry } = useModeler(element);
  const holder = eventDefinition(element);
  const ends = elementRegistry.filter((one) => !one.labelTarget && is(one, "bpmn:Event") && eventDefinition(one, "bpmn:LinkEventDefinition"));
  const known = [...new Set(ends.map((one) => eventDefinition(one).name))].filter(Boolean).map((name) => ({ value: name, label: name }));
  return <Choice id={id} label={t("Link")} value={holder.name ?? ""} none={t("Choose a link …")} another={t("A new link …")} options={known} hint={t("The flow goes on at the other end with this name.")}
    commit={(name) => set({ name: orNothing(name) }, holder)} />;
}

export const isLink = (element) => is(element, "bpmn:Event") && Boolean(eventDefinition(element, "bpmn:LinkEventDefinition"));
