// The modeler itself: bpmn-js with the panel, our attributes, our commands and our words.
import BpmnModeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from "bpmn-js-properties-panel";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import alur from "./alur.json";
import { CommandsModule } from "./commands/index.js";
import { LanguageModule } from "./language.js";
import { OfficePanelModule } from "./panel/provider.js";

export function createModeler({ canvas, panel, choices }) {
  const modeler = new BpmnModeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    moddleExtensions: { camunda, alur },
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      LanguageModule,
      CommandsModule,
      OfficePanelModule,
      { choices: ["value", choices] },
    ],
  });
  // Where a case's deadline is counted, the panel says so beside the number.
  choices.office_time = (element) => {
    let one = element.businessObject;
    while (one && one.$type !== "bpmn:Process") one = one.$parent;
    return one?.get("alur:calendar") === "office";
  };
  return modeler;
}

/** Show a diagram; gives what could not be read of it. Throws when nothing could. */
export async function show(modeler, xml) {
  const { warnings } = await modeler.importXML(xml);
  fit(modeler);
  return warnings.map((one) => one.message);
}

/** The whole diagram in view, but never larger than life. */
export function fit(modeler) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport");
  if (canvas.zoom() > 1) canvas.zoom(1, "auto");
}

export async function written(modeler) {
  const { xml } = await modeler.saveXML({ format: true });
  return xml;
}
