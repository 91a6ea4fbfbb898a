// Mends that change how a diagram hangs together, or what kind an element is: mostly for files from other programs.
import { fieldsAt } from "./fields.js";
import { bare, definitionsOf, formKey, getBusinessObject, is, named, processOf } from "./model.js";
import { t } from "./language.js";

const MOST_STARTS = 3;

/** Each is called with the fixes as `this` and {problem, element}; gives {label, run}, several, or nothing. */
export function byStructure(finding) {
  return STRUCTURE[finding.problem.rule]?.call(this, finding);
}

const STRUCTURE = {
  "several-flows"({ element }) {
    if (!element) return null;
    const conditional = element.outgoing.some((flow) => getBusinessObject(flow).conditionExpression);
    const one = { label: t("Choose one of them"), run: () => behind(this, element, "bpmn:ExclusiveGateway") };
    const all = { label: t("Do all of them"), run: () => behind(this, element, "bpmn:ParallelGateway") };
    return conditional ? [one] : [all, one];
  },

  "no-start"({ element }) {
    const steps = first(this.registry, element, this.canvas.getRootElement());
    if (!steps.length) return { label: t("Add a start"), run: () => this.addStart(element) };
    return steps.map((step) => ({
      label: t("Begin with “{name}”", { name: named(step, t) }),
      run: () => this.modeler.get("commandStack").execute("alur.begin", { element: step }),
    }));
  },

  "dead-end"({ element }) {
    return element && { label: t("End here"), run: () => this.modeler.get("commandStack").execute("alur.nextStep", { element, type: "bpmn:EndEvent" }) };
  },

  unreachable: remove,
  "loose-boundary": remove,

  "several-executable"({ problem }) {
    const root = this.canvas.getRootElement();
    const processes = definitionsOf(root).rootElements.filter((one) => is(one, "bpmn:Process") && one.isExecutable && one.id !== problem.params?.key);
    const label = t("Run only “{name}”", { name: processOf(root)?.name || problem.params?.key });
    return { label, run: () => together(this, () => processes.forEach((one) => this.modeling.updateModdleProperties(root, one, { isExecutable: false }))) };
  },

  "bad-expression"({ element, problem }) {
    const body = problem.params?.instead;
    if (!body || !is(element, "bpmn:SequenceFlow")) return null;
    return { label: t("Write {text}", { text: body }), run: () => setCondition(this, element, body) };
  },

  "no-condition"({ element }) {
    const gateway = is(element, "bpmn:SequenceFlow") ? element.source : null;
    if (!gateway || getBusinessObject(gateway).default) return null;
    return { label: t("Take it when no other condition holds"), run: () => this.modeling.updateProperties(gateway, { default: getBusinessObject(element) }) };
  },

  "unfilled-name"({ element, problem }) {
    const name = problem.params?.name;
    const services = { forms: this.modeler.get("forms"), choices: this.modeler.get("choices"), elementRegistry: this.registry };
    if (!is(element, "bpmn:SequenceFlow") || !/^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$/.test(name)) return null;
    const near = fieldsAt(element, services).find((one) => one.node && formKey(one.node) && services.forms.has(formKey(one.node)));
    if (!near) return null;
    const key = formKey(near.node);
    return { label: t("Ask for “{name}” in the form “{form}”", { name, form: services.forms.name(key) }), run: () => addField(this, key, name, bare(getBusinessObject(element).conditionExpression?.body)) };
  },
};

/** What can't run as it is may still be done by a person. */
const BY_HAND = new Set(["unknown-connector", "missing-input", "unknown-decision", "unknown-process", "no-name", "bad-script"]);

export function bySwapping({ problem, element }) {
  const swaps = BY_HAND.has(problem.rule) && element && (is(element, "bpmn:Task") || is(element, "bpmn:CallActivity"));
  return swaps ? { label: t("Change it to a user task"), run: () => this.reveal(asUserTask(this.modeler, element).id, "alur-form") } : null;
}

/** The element as a step with a form; its id, name and flows stay. */
export function asUserTask(modeler, element) {
  return is(element, "bpmn:UserTask") ? element : modeler.get("bpmnReplace").replaceElement(element, { type: "bpmn:UserTask" });
}

const together = (fixes, steps) => fixes.modeler.get("commandStack").execute("alur.together", { steps });

function remove({ element }) {
  return element && { label: t("Delete this element"), run: () => this.modeling.removeElements([element]) };
}

function behind(fixes, element, type) {
  const context = { element, type, all: true };
  fixes.modeler.get("commandStack").execute("alur.nextStep", context);
  fixes.reveal(context.made.id, "name");
}

/** Steps of a level to which nothing leads, from left to right. */
function first(registry, scope, root) {
  const level = scope && is(scope, "bpmn:SubProcess") ? getBusinessObject(scope) : processOf(root);
  const free = (one) => !one.incoming.some((flow) => is(flow, "bpmn:SequenceFlow"));
  const step = (one) => is(one, "bpmn:FlowNode") && !one.labelTarget && !is(one, "bpmn:Event") && !getBusinessObject(one).triggeredByEvent;
  return registry
    .filter((one) => step(one) && getBusinessObject(one).$parent === level && free(one))
    .sort((a, b) => a.x - b.x)
    .slice(0, MOST_STARTS);
}

function setCondition(fixes, flow, body) {
  const owner = getBusinessObject(flow);
  const conditionExpression = fixes.modeler.get("bpmnFactory").create("bpmn:FormalExpression", { body });
  conditionExpression.$parent = owner;
  fixes.modeling.updateProperties(flow, { conditionExpression });
}

/** A field of the kind that a condition compares, put at the end of a form. */
function addField(fixes, key, name, condition) {
  const forms = fixes.modeler.get("forms");
  const form = forms.read(key);
  const compared = new RegExp(`\\b${name}\\s*(==|!=|<=|>=|<|>)\\s*(["'\\d-]|True|False)`).exec(condition);
  const type = !compared || /^[TF]/.test(compared[2]) ? "checkbox" : /["']/.test(compared[2]) ? "textfield" : "number";
  const words = name.replaceAll("_", " ");
  const field = { type, key: name, id: name, label: words[0].toUpperCase() + words.slice(1), ...(type === "checkbox" ? {} : { validate: { required: true } }) };
  const text = `${JSON.stringify({ ...form, components: [...form.components, field] }, null, 2)}\n`;
  fixes.modeler.get("commandStack").execute("alur.setForm", { key, text });
  fixes.say(t("The form “{form}” asks for “{name}” now. Edit it to word the question.", { form: forms.name(key), name: field.label }));
}
