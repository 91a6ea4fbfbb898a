// The forms of the draft. Making one is a step of undo like any edit of the diagram.
import { ours } from "../language.js";

export class Forms {
  static $inject = ["eventBus"];

  constructor(eventBus) {
    this.eventBus = eventBus;
    this.texts = {};
  }

  load(texts) {
    this.texts = { ...texts };
    this.eventBus.fire("forms.changed", {});
  }

  set(key, text) {
    const before = this.texts[key];
    if (text === undefined) delete this.texts[key];
    else this.texts[key] = text;
    this.eventBus.fire("forms.changed", {});
    return before;
  }

  has(key) {
    return key in this.texts;
  }

  /** The form's name for people, else its key. */
  name(key) {
    return this.read(key)?.name || key;
  }

  read(key) {
    try {
      return JSON.parse(this.texts[key]);
    } catch {
      return null;
    }
  }

  /** Fields that hold a value: [{key, label, type, subtype, options, list, shown}]; of repeating rows the list itself. */
  fields(key) {
    const found = [];
    const walk = (components) => {
      for (const one of components ?? []) {
        if (one.type === "group") walk(one.components);
        else if (one.key ?? one.path) {
          const key = one.key ?? one.path;
          const options = (one.values ?? []).map((value) => ({ value: value.value, label: ours(value.label, value.labelEn) || value.value }));
          const shown = Boolean(one.readonly) && !one.properties?.compute;
          found.push({ key, label: ours(one.label, one.properties?.labelEn) || key, type: one.type, subtype: one.subtype ?? "date", options, list: one.valuesKey, shown });
        }
      }
    };
    walk(this.read(key)?.components);
    return found;
  }
}

/** context: {key, text}; text undefined takes the form out of the draft. */
export class SetForm {
  static $inject = ["forms"];

  constructor(forms) {
    this.forms = forms;
  }

  execute(context) {
    context.before = this.forms.set(context.key, context.text);
    return [];
  }

  revert(context) {
    this.forms.set(context.key, context.before);
    return [];
  }
}

/** A form with nothing in it yet but one field, so that the step can be filled in at once. */
export function emptyForm(key, name, label) {
  const components = [{ type: "textarea", key: "catatan", label, id: "catatan" }];
  return `${JSON.stringify({ id: key, type: "default", schemaVersion: 18, name, components }, null, 2)}\n`;
}

/** A key that no form has, from a name for people. */
export function freeKey(name, taken) {
  const plain = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60);
  const base = /^[a-z]/.test(plain) ? plain : `form_${plain}`.replace(/_$/, "");
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}_${number}`;
    if (!taken(key)) return key;
  }
}
