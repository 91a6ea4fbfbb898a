// Which groups the panel shows for an element, in which order: ours in office words, then those of BPMN that remain.
import { Group } from "@bpmn-io/properties-panel";
import { h } from "@bpmn-io/properties-panel/preact";
import { eventDefinition, getBusinessObject, is, isActivity, processOf } from "../model.js";
import { t } from "../language.js";
import { Called, Mappings } from "./call.jsx";
import { EventCondition, FlowCondition } from "./condition.jsx";
import { Link, Target, isLink, kindOf, titleOf } from "./events.jsx";
import { Calendar, CaseTitle, Executable, OnlyCalled, Owners, ProcessName, SheetHeader, Starters } from "./process.jsx";
import { ComesFrom, GoesOn, Remove, comesFromNowhere, goesOn } from "./flow.jsx";
import { Assumption, Papers, PrintedNumber, StandardTimeEntry, TimerIsStandard } from "./quality.jsx";
import { Repeated } from "./repeat.jsx";
import { Connector, Decision, Parameters, Script } from "./targets.jsx";
import { ButtonText, FormChoice, KnownBy, LanePosition, MakeUserTask, Performer, Priority } from "./task.jsx";
import { TimerTime, isTimer } from "./timer.jsx";

/** Groups of the standard provider that ours take the place of. */
const REPLACED = new Set(["multiInstance", "message", "signal", "error", "escalation", "link", "timer", "compensation", "adHocCompletion"]);
/** The process is edited in our groups; its id is its key and stays. */
const KEPT_OUT = new Set(["processId", "processName", "isExecutable", "versionTag"]);

class OfficeProvider {
  static $inject = ["propertiesPanel", "eventBus"];

  constructor(propertiesPanel, eventBus) {
    propertiesPanel.registerProvider(300, this);
    eventBus.on("forms.changed", () => eventBus.fire("propertiesPanel.providersChanged"));
  }

  getGroups(element) {
    return (groups) => {
      if (Array.isArray(element)) return groups;
      const standard = groups.filter((one) => !REPLACED.has(one.id));
      const general = standard.find((one) => one.id === "general");
      const entries = (general?.entries ?? []).filter((one) => !KEPT_OUT.has(one.id));
      const whole = is(element, "bpmn:Process") || is(element, "bpmn:Collaboration");
      const name = whole ? [] : [...entries.filter((one) => one.id !== "id"), entry("alur-remove", Remove)];
      const id = whole ? [] : [...entries.filter((one) => one.id === "id"), entry("alur-id", KnownBy)];
      const all = [
        name.length && { ...general, entries: name, shouldOpen: true },
        ...own(element),
        ...standard.filter((one) => one !== general && (one.entries?.length ?? 1)),
        id.length && group("technical", t("For technicians"), id, false),
      ];
      return all.filter(Boolean).map((one) => ({ ...one, translate: t }));
    };
  }
}

// The panel keeps its parts when another element is selected; what was begun in ours belongs to one element.
const ofOneElement = new Map();
function keyed(component) {
  if (!ofOneElement.has(component)) ofOneElement.set(component, (props) => h(component, { ...props, key: props.element.id }));
  return ofOneElement.get(component);
}

const entry = (id, component, more = {}) => ({ id, component: keyed(component), ...more });
const group = (id, label, entries, shouldOpen = true) => ({ id: `alur-${id}`, label, component: Group, entries, shouldOpen });

function own(element) {
  const process = processOf(element);
  const whole = is(element, "bpmn:Collaboration") || is(element, "bpmn:Process") || is(element, "bpmn:Participant");
  if (whole) return process ? ofProcess(process) : [];
  const found = [];
  if (is(element, "bpmn:UserTask")) found.push(ofTask());
  if (is(element, "bpmn:Lane")) found.push(group("lane", t("Position"), [entry("alur-lane", LanePosition)]));
  if (isByHand(element)) found.push(group("task", t("The task"), [entry("alur-manual", MakeUserTask), entry("alur-performer", Performer), entry("alur-priority", Priority), entry("alur-action", ButtonText)]));
  if (isActivity(element)) found.push(ofQuality());
  if (isFlowWithChoice(element)) found.push(group("condition", t("Condition"), [entry("alur-condition", FlowCondition)]));
  if (is(element, "bpmn:Event") && eventDefinition(element, "bpmn:ConditionalEventDefinition")) {
    found.push(group("condition", t("Condition"), [entry("alur-condition", EventCondition)]));
  }
  if (isTimer(element)) found.push(group("timer", t("Timer"), [entry("alur-timer-standard", TimerIsStandard), entry("alur-timer", TimerTime)]));
  found.push(...ofTargets(element));
  if (isActivity(element)) found.push(group("repeat", t("Repeated"), [entry("alur-repeat", Repeated)], Boolean(getBusinessObject(element).loopCharacteristics)));
  if (comesFromNowhere(element)) found.push(group("before", t("What comes before"), [entry("alur-before", ComesFrom)]));
  if (goesOn(element)) found.push(group("flow", t("What follows"), [entry("alur-next", GoesOn)]));
  if (isActivity(element) || is(element, "bpmn:Lane")) found.push(group("assumption", t("Assumption"), [entry("alur-assumption", Assumption)], false));
  return found;
}

/** Somebody says when it is done; there is nothing to fill in. */
const isByHand = (element) => is(element, "bpmn:ManualTask") || getBusinessObject(element).$type === "bpmn:Task";

function isFlowWithChoice(element) {
  const from = element.source;
  return is(element, "bpmn:SequenceFlow") && (is(from, "bpmn:ExclusiveGateway") || is(from, "bpmn:InclusiveGateway") || Boolean(getBusinessObject(element).conditionExpression));
}

const ofTask = () =>
  group("task", t("The task"), [entry("alur-form", FormChoice), entry("alur-performer", Performer), entry("alur-priority", Priority), entry("alur-action", ButtonText)]);

const ofQuality = () =>
  group("quality", t("Quality standard"), [
    entry("alur-number", PrintedNumber),
    entry("alur-inputs", Papers, { kind: "alur:Input", label: t("What is needed"), add: t("Add what is needed") }),
    entry("alur-standard-time", StandardTimeEntry),
    entry("alur-outputs", Papers, { kind: "alur:Output", label: t("Output"), add: t("Add an output") }),
  ]);

const ofProcess = (process) => [
  group("process", t("Process"), [entry("alur-name", ProcessName), entry("alur-executable", Executable), entry("alur-owners", Owners), entry("alur-starters", Starters), entry("alur-only-called", OnlyCalled), entry("alur-calendar", Calendar)]),
  group("cases", t("Cases"), [entry("alur-title", CaseTitle)]),
  group("header", t("Header of the SOP sheet"), [entry("alur-header", SheetHeader)], false),
  group("assumption", t("Assumption"), [entry("alur-assumption", Assumption, { of: process })], false),
];

function ofTargets(element) {
  const found = [];
  const kind = kindOf(element);
  if (kind) found.push(group(kind, titleOf(kind), [entry("alur-target", Target, { kind })]));
  if (isLink(element)) found.push(group("link", t("Link"), [entry("alur-target", Link)]));
  if (is(element, "bpmn:CallActivity")) found.push(group("called", t("Call"), [entry("alur-called", Called), entry("alur-mappings", Mappings)]));
  if (is(element, "bpmn:BusinessRuleTask")) found.push(group("decision", t("Decision"), [entry("alur-decision", Decision)]));
  if (is(element, "bpmn:ScriptTask")) found.push(group("script", t("Computation"), [entry("alur-script", Script)]));
  if (is(element, "bpmn:ServiceTask")) {
    found.push(
      group("connector", t("Connector"), [
        entry("alur-connector", Connector),
        entry("alur-connector-in", Parameters, { kind: "camunda:InputParameter", label: t("Given to it"), add: t("Add a value") }),
        entry("alur-connector-out", Parameters, { kind: "camunda:OutputParameter", label: t("Taken from its answer"), add: t("Add a name") }),
      ]),
    );
  }
  return found;
}

export const OfficePanelModule = { __init__: ["officeProvider"], officeProvider: ["type", OfficeProvider] };
