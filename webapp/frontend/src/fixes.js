// Quick fixes: where the mend is obvious, one button beside the finding makes it, or opens the place where it is made.
import { extensionList } from "./commands/extensions.js";
import { Refused, ask } from "./server.js";
import { getBusinessObject, is, isActivity, named, processOf, standardTimer } from "./model.js";
import { asUserTask, bySwapping, byStructure } from "./mends.js";
import { createForm } from "./panel/task.jsx";
import { redraws } from "./redraws.js";
import { t } from "./language.js";

/** Give the process another key or name; where it has no pool it is an element of the canvas itself. */
export function rename(modeler, properties) {
  const root = modeler.get("canvas").getRootElement();
  const process = processOf(root);
  if (getBusinessObject(root) === process) modeler.get("modeling").updateProperties(root, properties);
  else modeler.get("modeling").updateModdleProperties(root, process, properties);
}

export class Fixes {
  constructor({ modeler, config, reveal, say, recheck, reload }) {
    Object.assign(this, { modeler, config, reveal, say, recheck, reload });
    this.modeling = modeler.get("modeling");
    this.registry = modeler.get("elementRegistry");
    this.canvas = modeler.get("canvas");
  }

  /** [{label, run}] for a finding, several where there is a choice; the surest comes first. */
  find(problem) {
    const element = problem.element ? this.registry.get(problem.element) : null;
    return [byStructure, bySwapping, inPlace].flatMap((find) => find.call(this, { problem, element })).filter(Boolean);
  }

  /** Show the element and put the cursor where the mend is typed. */
  open(element, entry, text) {
    this.reveal(element.id, entry, text);
  }
}

/** What is mended by typing or choosing, or by one edit of the element itself. */
function inPlace({ problem, element }) {
  const make = MENDS[problem.rule];
  if (make) return make.call(this, { problem, element });
  const [label, entry] = FIELDS[problem.rule] ?? [];
  // The time of a timer on a border is typed in the step it sits on.
  const place = element?.host ?? element;
  return entry && place ? { label: t(label), run: () => this.open(place, entry) } : null;
}

/** Where the mend is one field of the panel: rule -> what the button says, the entry. */
const FIELDS = {
  "no-collection": ["Choose the list", "alur-repeat-list"],
  "no-item-name": ["Name an entry", "alur-repeat-item"],
  "bad-loop": ["Set the condition", "alur-repeat-condition"],
  "unknown-connector": ["Choose a connector", "alur-connector"],
  "unknown-decision": ["Choose a table", "alur-decision"],
  "no-result": ["Name the answer", "alur-decision-result"],
  "unknown-process": ["Choose a process", "alur-called"],
  "calls-itself": ["Choose a process", "alur-called"],
  "bad-binding": ["Choose a version", "alur-called-binding"],
  "no-source": ["Say where it comes from", "alur-mappings-in"],
  "not-caught": ["Choose which one", "alur-target"],
  "loose-link": ["Choose a link", "alur-target"],
  unreachable: ["Choose what comes before", "alur-before"],
  "dead-end": ["Choose what follows", "alur-next"],
  "flow-to-nowhere": ["Choose what follows", "alur-next"],
  "half-expression": ["Choose who performs it", "alur-performer"],
  "unknown-calendar": ["Choose how time is counted", "alur-calendar"],
  "bad-script": ["Correct the computation", "alur-script"],
  "form-invalid": ["Go to its form", "alur-form"],
  "form-expression": ["Go to its form", "alur-form"],
  "form-source": ["Go to its form", "alur-form"],
  "form-earlier": ["Go to its form", "alur-form"],
  "form-series": ["Go to its form", "alur-form"],
};

/** What is not executed: the button, and the kind that takes its place. */
const INSTEAD = {
  "bpmn:ComplexGateway": ["Change it to a decision", { type: "bpmn:ExclusiveGateway" }],
  "bpmn:Transaction": ["Change it to a sub-process", { type: "bpmn:SubProcess", isExpanded: true }],
  "bpmn:AdHocSubProcess": ["Change it to a sub-process", { type: "bpmn:SubProcess", isExpanded: true }],
};

/** An expression is corrected in whichever field of the panel holds it. */
const expression = (label, param) =>
  function find({ problem, element }) {
    const place = element?.host ?? element;
    return { label: t(label), run: () => this.reveal(place?.id ?? problem.element, "alur-condition-text", problem.params?.[param]) };
  };

/** Of a timer on its own the time is typed there; that of one on a border in the step whose standard time it is. */
function time({ element }) {
  if (!element) return null;
  const step = isActivity(element) ? element : element.host && standardTimer(element.host) === element ? element.host : null;
  return { label: t("Set the time"), run: () => (step ? this.open(step, "alur-standard-time") : this.open(element, "alur-timer")) };
}

/** A flow that can't be. */
function removed({ element }) {
  return is(element, "bpmn:SequenceFlow") && { label: t("Delete the flow"), run: () => this.modeling.removeElements([element]) };
}

const MENDS = {
  "bad-expression": expression("Correct the expression", "text"),
  "no-name"({ element, problem }) {
    const label = { message: "Choose a message", signal: "Choose a signal", link: "Choose a link" }[problem.params?.what] ?? "Choose an error";
    return element && { label: t(label), run: () => this.open(element, "alur-target") };
  },

  "bad-variable": expression("Correct the name", "name"),

  "bad-id"({ element }) {
    return element && { label: t("Correct the ID"), run: () => this.open(element, "id") };
  },

  "condition-ignored"({ element }) {
    // Where several flows leave a step, the finding about the step offers a decision that keeps the condition.
    const kept = element && !is(element.source, "bpmn:Gateway") && element.source.outgoing.length > 1;
    return element && !kept && { label: t("Remove the condition"), run: () => this.modeling.updateProperties(element, { conditionExpression: undefined }) };
  },

  "deadline-without-timer"({ element }) {
    return element && { label: t("Remove the mark"), run: () => this.modeling.updateProperties(element, { "alur:deadline": undefined }) };
  },

  "flow-across": removed,
  "flow-wrong-way": removed,

  "several-times": time,
  "no-time": time,
  "bad-time": time,
  "repeats-here": time,
  "deadline-repeats": time,
  "unfilled-name": expression("Correct the name", "name"),

  "no-condition"({ element }) {
    return element && { label: t("Set the condition"), run: () => this.open(element, "alur-condition") };
  },

  "unknown-form"({ element, problem }) {
    const key = problem.params?.form;
    return element && key && { label: t("Create the form “{form}”", { form: key }), run: () => this.newForm(element, key) };
  },

  "no-form"({ element }) {
    return element && { label: t("Create a form"), run: () => this.newForm(asUserTask(this.modeler, element)) };
  },

  "unknown-position"({ problem, element }) {
    const name = problem.params?.position;
    if (this.config.administrator && name) return { label: t("Create the position “{name}”", { name }), run: () => this.newPosition(name) };
    return element && { label: t("Choose a position"), run: () => this.open(element, is(element, "bpmn:Lane") ? "alur-lane" : "alur-performer") };
  },

  "not-executable"() {
    const pools = this.registry.filter((one) => is(one, "bpmn:Participant") && processOf(one));
    if (pools.length < 2) return { label: t("Make it executable"), run: () => this.makeExecutable(this.canvas.getRootElement()) };
    return pools.map((pool) => ({ label: t("Run the pool “{name}”", { name: named(pool, t) }), run: () => this.makeExecutable(pool) }));
  },

  "other-process"({ problem }) {
    return { label: t("Set the key back to “{key}”", { key: this.config.key }), run: () => this.keyBack(problem.element) };
  },

  "no-default"({ element }) {
    const free = element?.outgoing.filter((flow) => !getBusinessObject(flow).conditionExpression) ?? [];
    const flow = free[0];
    return flow && { label: t("Make “{name}” the other way", { name: flow.businessObject.name || named(flow.target, t) }), run: () => this.makeDefault(element, flow) };
  },

  "default-with-condition"({ element }) {
    return element && { label: t("Remove the condition"), run: () => this.modeling.updateProperties(element, { conditionExpression: undefined }) };
  },

  "missing-input"({ element, problem }) {
    const missing = (problem.params?.missing ?? "").split(", ").filter(Boolean);
    return element && missing.length ? { label: t("Add what is missing"), run: () => this.addInputs(element, missing) } : null;
  },

  // Without an owner the process belongs to administrators alone: whoever draws it is the likely one.
  "no-owner"() {
    const mine = this.config.positions.map(({ key, name }) => ({ label: t("Make {name} the owner", { name }), run: () => this.ownedBy(key) }));
    return [...mine, { label: t("Choose an owner"), run: () => this.reveal(null, "alur-owners") }];
  },

  nobody({ element }) {
    const pool = this.registry.find((one) => is(one, "bpmn:Participant") && processOf(one));
    if (!pool) return { label: t("Draw a pool around it"), run: () => this.drawPool() };
    return element && { label: t("Choose who performs it"), run: () => this.open(element, "alur-performer") };
  },

  "not-executed"({ element }) {
    const [label, target] = INSTEAD[element && getBusinessObject(element).$type] ?? [];
    return label ? { label: t(label), run: () => this.modeler.get("bpmnReplace").replaceElement(element, target) } : null;
  },
};

Object.assign(Fixes.prototype, redraws, {
  newForm(element, key) {
    const names = { commandStack: this.modeler.get("commandStack"), modeling: this.modeling, forms: this.modeler.get("forms") };
    const name = element.businessObject.name || key || t("New form");
    createForm({ ...names, element, name, key });
    this.reveal(element.id, "alur-form");
    this.say(t("A form with one field was created. Edit it to ask for what the step needs."));
  },

  async newPosition(name) {
    try {
      const answer = await ask("POST", this.config.addresses.positions, { name });
      this.reload(answer.choices);
      this.say(t("The position “{name}” was created. Enter who holds it in the settings.", { name }));
      this.recheck();
    } catch (error) {
      this.say(error instanceof Refused ? error.message : t("That did not work. Try once more when the connection is back."));
    }
  },

  /** Rows for the values a connector needs, to be filled in. */
  addInputs(element, names) {
    const known = extensionList(getBusinessObject(element), "camunda:InputOutput", "inputParameters");
    const items = [...known.map((one) => [one.name, one.value]), ...names.map((name) => [name, ""])];
    this.modeler.get("commandStack").execute("alur.extensionList", {
      element,
      type: "camunda:InputOutput",
      property: "inputParameters",
      items: items.map(([name, value]) => ["camunda:InputParameter", { name, value }]),
    });
    this.open(element, `alur-connector-in-${known.length}-value`);
  },

  /** Of several pools the chosen one runs, and carries the key of the draft; a pool that had it gives it away. */
  makeExecutable(element) {
    const process = processOf(element);
    if (!process) return;
    const root = this.canvas.getRootElement();
    const key = this.config.key;
    const other = this.registry.find((one) => is(one, "bpmn:Participant") && processOf(one) !== process && processOf(one)?.id === key);
    this.modeler.get("commandStack").execute("alur.together", {
      steps: () => {
        if (other) this.modeling.updateModdleProperties(root, processOf(other), { id: this.freeId(`${key}_2`) });
        this.modeling.updateModdleProperties(root, process, { isExecutable: true, ...(other ? { id: key } : {}) });
      },
    });
  },

  freeId(wanted) {
    const ids = this.modeler.get("moddle").ids;
    let id = wanted;
    while (ids.assigned(id)) id = `${id}_`;
    return id;
  },

  ownedBy(position) {
    const root = this.canvas.getRootElement();
    this.modeling.updateModdleProperties(root, processOf(root), { "alur:owners": position });
  },

  keyBack(id) {
    const process = processOf(this.canvas.getRootElement());
    if (process && (!id || process.id === id)) rename(this.modeler, { id: this.config.key });
  },
});
