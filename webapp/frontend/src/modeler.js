// The modeler itself: bpmn-js with the panel, our attributes, our commands and our words.
import BpmnModeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from "bpmn-js-properties-panel";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import alur from "./alur.json";
import { CommandsModule } from "./commands/index.js";
import { CopyingModule } from "./copying.js";
import { KindsModule } from "./kinds.js";
import { LanguageModule } from "./language.js";
import { layOut } from "./layout.js";
import { OfficePanelModule } from "./panel/provider.js";
import { RevealModule } from "./reveal.js";

export function createModeler({ canvas, panel, choices, person }) {
  const modeler = new BpmnModeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    person,
    moddleExtensions: { camunda, alur },
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      LanguageModule,
      CommandsModule,
      CopyingModule,
      KindsModule,
      RevealModule,
      OfficePanelModule,
      { choices: ["value", choices] },
    ],
  });
  modeler.on("import.parse.complete", 2000, mend);
  // The palette stands in two columns where one is too high.
  new ResizeObserver(() => modeler.get("canvas").resized()).observe(canvas);
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
  // Unknown attributes are warned of and kept all the same.
  return warnings.map((one) => one.message).filter((message) => !message.startsWith("unknown attribute"));
}

/** Lists of a repetition may be named without being drawn: such a name must survive. */
const NAMES = /:loopData(Input|Output)Ref$/;

function mend({ error, definitions, references, elementsById, warnings }) {
  if (error) return;
  for (const { element, property, id } of references) {
    if (elementsById[id] || !NAMES.test(property)) continue;
    element.set(property, { id, get: (name) => (name === "id" ? id : undefined) });
    const told = warnings.findIndex((one) => one.message === `unresolved reference <${id}>`);
    if (told >= 0) warnings.splice(told, 1);
  }
  layOut(definitions.$model, definitions);
}

const PALETTE = 120;
/** On a narrow window the palette is folded away behind a button. */
const NARROW = 700;
const TOGGLE = 48;
/** The mark of bpmn.io stands below the diagram, not on it. */
const MARK = 44;
const MARGIN = 16;

/** The whole diagram in view beside the palette, but never larger than life. */
export function fit(modeler) {
  const canvas = modeler.get("canvas");
  const { inner, outer } = canvas.viewbox();
  if (!outer.width || !outer.height) return;
  const narrow = outer.width < NARROW;
  const left = narrow ? MARGIN : PALETTE;
  const top = narrow ? TOGGLE : MARGIN;
  const room = { width: outer.width - left - MARGIN, height: outer.height - top - MARK };
  const scale = Math.min(1, room.width / inner.width, room.height / inner.height);
  canvas.viewbox({
    x: inner.x - (left + Math.max(0, (room.width - inner.width * scale) / 2)) / scale,
    y: inner.y - (top + Math.max(0, (room.height - inner.height * scale) / 2)) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

export async function written(modeler) {
  const { xml } = await modeler.saveXML({ format: true });
  return xml;
}
