// What is drawn as a step is a step that people do: palette and context pad make user tasks.

class Kinds {
  static $inject = ["palette", "contextPad", "create", "elementFactory", "autoPlace", "translate"];

  constructor(palette, contextPad, create, elementFactory, autoPlace, translate) {
    Object.assign(this, { create, elementFactory, autoPlace });
    const like = { className: "bpmn-icon-user-task" };
    const begin = (event) => create.start(event, this.step());
    const append = (event, source) => create.start(event, this.step(), { source });
    palette.registerProvider(500, {
      getPaletteEntries: () => (entries) => changed(entries, "create.task", { ...like, title: translate("Create task"), action: { dragstart: begin, click: begin } }),
    });
    contextPad.registerProvider(500, {
      getContextPadEntries: () => (entries) =>
        changed(entries, "append.append-task", { ...like, action: { dragstart: append, click: (_, source) => this.autoPlace.append(source, this.step()) } }),
    });
  }

  step() {
    return this.elementFactory.createShape({ type: "bpmn:UserTask" });
  }
}

const changed = (entries, name, parts) => (entries[name] ? { ...entries, [name]: { ...entries[name], ...parts } } : entries);

export const KindsModule = { __init__: ["kinds"], kinds: ["type", Kinds] };
