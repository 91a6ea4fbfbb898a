// Copying a step takes its alert along, and reaches the person's other windows of the modeler with the step's form.
import { carried, unpacked } from "./carrying.js";
import { formKey, is, isActivity, standardTimer } from "./model.js";

class Copying {
  static $inject = ["config.person", "eventBus", "clipboard", "moddle", "forms", "commandStack", "selection"];

  constructor(person, eventBus, clipboard, moddle, forms, commandStack, selection) {
    Object.assign(this, { clipboard, moddle, forms, commandStack, brought: {}, last: null });
    eventBus.on("copyPaste.canCopyElements", ({ elements }) => withAlerts(elements));
    eventBus.on("copyPaste.elementsCopied", 500, ({ tree, hints }) => hints?.clip !== false && this.tell(tree));
    eventBus.on("commandStack.elements.create.postExecute", ({ context }) => context.elements.forEach((one) => this.bring(one)));
    // Of what was pasted the one step is shown in the panel.
    eventBus.on("create.end", 250, ({ context }) => {
      const steps = context.elements.filter(isActivity);
      const pasted = context.hints?.createElementsBehavior === false;
      if (pasted && steps.length === 1) selection.select(steps[0]);
    });
    // Only windows of the same person hear each other; nothing is kept once they are closed.
    this.windows = new BroadcastChannel(`alur-copied:${person}`);
    this.windows.addEventListener("message", ({ data }) => this.hear(data));
    this.windows.postMessage("what?");
    eventBus.on("diagram.destroy", () => this.windows.close());
  }

  tell(tree) {
    const keys = Object.values(tree).flat().map((one) => one.businessObject && formKey(one)).filter(Boolean);
    this.last = { tree: carried(tree), forms: Object.fromEntries(keys.map((key) => [key, this.forms.texts[key]])) };
    this.windows.postMessage(this.last);
  }

  hear(data) {
    if (data === "what?") return this.last && this.windows.postMessage(this.last);
    Object.assign(this, { last: data, brought: data.forms });
    return this.clipboard.set(unpacked(data.tree, this.moddle));
  }

  /** The form of a step from another process, where this one has none of its key. */
  bring(element) {
    const key = is(element, "bpmn:UserTask") ? formKey(element) : "";
    if (key && this.brought[key] && !this.forms.has(key)) this.commandStack.execute("alur.setForm", { key, text: this.brought[key] });
  }
}

/** A step's standard time is drawn by a timer and the alert it leads to: both belong to it. */
function withAlerts(elements) {
  const alerts = elements.flatMap((one) => standardTimer(one)?.outgoing.map((flow) => flow.target) ?? []);
  return [...new Set([...elements, ...alerts.filter((one) => is(one, "bpmn:EndEvent") && one.incoming.length === 1)])];
}

export const CopyingModule = { __init__: ["copying"], copying: ["type", Copying] };
