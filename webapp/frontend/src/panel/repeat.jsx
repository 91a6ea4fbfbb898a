// Berulang: once for every entry of a list, all at once or one after the other, or as long as a condition holds.
import { bare, formKey, is } from "../model.js";
import { t } from "../language.js";
import { fieldsOf } from "./condition.jsx";
import { Area, Select, Text } from "./controls.jsx";
import { useModeler } from "./services.js";

const LISTS = new Set(["dynamiclist", "checklist", "taglist"]);

export function Repeated({ element, id }) {
  const { owner, run, forms, elementRegistry } = useModeler(element);
  const loop = owner.loopCharacteristics;
  const mode = !loop ? "" : is(loop, "bpmn:StandardLoopCharacteristics") ? "loop" : loop.isSequential ? "sequential" : "parallel";
  const list = mode && mode !== "loop" ? bare(loop.get("camunda:collection") || loop.get("loopDataInputRef")?.id) : "";
  const item = mode && mode !== "loop" ? loop.get("camunda:elementVariable") ?? loop.get("inputDataItem")?.name ?? "" : "";
  const condition = mode === "loop" ? bare(loop.loopCondition?.body) : "";
  const set = (changes) => run("repetition", { mode, list, item: item || "item", condition, ...changes });
  const lists = [
    ...fieldsOf(elementRegistry, forms).filter((one) => LISTS.has(one.type)).map((one) => ({ value: one.key, label: `${one.label} (${one.step})` })),
    ...names(elementRegistry, forms),
  ];
  return (
    <>
      <Select id={id} label={t("Repeated")} value={mode} commit={(value) => set({ mode: value })}
        options={[
          { value: "", label: t("Not repeated") },
          { value: "parallel", label: t("For each entry, all at once") },
          { value: "sequential", label: t("For each entry, one after the other") },
          { value: "loop", label: t("As long as a condition holds") },
        ]} />
      {mode && mode !== "loop" && (
        <>
          <Text id={`${id}-list`} label={t("Over which list")} mono value={list} list={lists} hint={t("The key of a list in an earlier form.")} commit={(text) => set({ list: bare(text) })} />
          <Text id={`${id}-item`} label={t("Name of one entry")} mono value={item} hint={t("Letters, digits and “_”, for example unit.")} commit={(text) => set({ item: text.trim() })} />
        </>
      )}
      {mode === "loop" && <Area id={`${id}-condition`} label={t("Repeated as long as")} mono rows={2} value={condition} commit={(text) => set({ condition: text.trim() })} />}
    </>
  );
}

/** Computed fields without a place on the page can be lists too: offer every key that ends up as data. */
function names(elementRegistry, forms) {
  const found = new Map();
  for (const one of elementRegistry.filter((task) => is(task, "bpmn:UserTask") && formKey(task))) {
    for (const part of forms.read(formKey(one))?.components ?? []) {
      if (part.properties?.compute && part.key && part.properties.internal) found.set(part.key, { value: part.key, label: part.label || part.key });
    }
  }
  return [...found.values()];
}
