// The edits that belong to Alur, each one step of undo.
import { EmptyList, ExtensionList, ExtensionValues } from "./extensions.js";
import { Forms, SetForm } from "./forms.js";
import { Begin } from "./begin.js";
import { Join } from "./join.js";
import { NextStep } from "./next-step.js";
import { Repetition } from "./repetition.js";
import { StandardTime } from "./standard-time.js";
import { Together } from "./together.js";

const HANDLERS = {
  "alur.standardTime": StandardTime,
  "alur.extensionList": ExtensionList,
  "alur.emptyList": EmptyList,
  "alur.values": ExtensionValues,
  "alur.begin": Begin,
  "alur.join": Join,
  "alur.nextStep": NextStep,
  "alur.repetition": Repetition,
  "alur.setForm": SetForm,
  "alur.together": Together,
};

class Commands {
  static $inject = ["commandStack"];

  constructor(commandStack) {
    for (const [name, handler] of Object.entries(HANDLERS)) commandStack.registerHandler(name, handler);
  }
}

export const CommandsModule = {
  __init__: ["alurCommands"],
  alurCommands: ["type", Commands],
  forms: ["type", Forms],
};
