// Mutu baku: the printed number, what is needed, the standard time (the boundary timer itself), and the output.
import { extensionList } from "../commands/extensions.js";
import { parse } from "../duration.js";
import { eventDefinition, formKey, getBusinessObject, is, standardTimer } from "../model.js";
import { t } from "../language.js";
import { Area, Button, Note, Text } from "./controls.jsx";
import { orNothing, useModeler } from "./services.js";
import { Time } from "./time.jsx";

export function PrintedNumber({ element, id }) {
  const { owner, modeling } = useModeler(element);
  return <Text id={id} label={t("Number in the SOP")} value={owner.get("alur:number") ?? ""} commit={(text) => modeling.updateProperties(element, { "alur:number": orNothing(text) })} />;
}

export function StandardTimeEntry({ element, id }) {
  const { run, choices } = useModeler(element);
  const timer = standardTimer(element);
  const text = timer ? (eventDefinition(timer).timeDuration?.body ?? "").trim() : "";
  const set = (duration) => run("standardTime", { duration });
  const remove = timer && <Button quiet label={t("Remove the standard time")} onClick={() => set("")}>{t("Remove")}</Button>;
  return (
    <Time id={id} label={t("Standard time")} text={text} commit={set} beside={remove}>
      {timer && !parse(text) && <div class="bio-properties-panel-description">{t("The timer says “{text}”. A number here replaces it.", { text: text || "?" })}</div>}
      <div class="bio-properties-panel-description">
        {choices.office_time?.(element) ? t("Counted in working time.") : t("Counted day and night.")}{" "}
        {timer && getBusinessObject(timer).cancelActivity ? t("The superior is told when it has passed, and the step ends.") : t("The superior is told when it has passed; the step stays open.")}
      </div>
    </Time>
  );
}

/** Inputs (kelengkapan) and outputs: a text and, where it lies in the case, the field of a step. */
export function Papers({ element, id, kind, label, add }) {
  const { owner, run, forms, elementRegistry } = useModeler(element);
  const all = extensionList(owner, "alur:QualityStandard", "papers");
  const mine = all.filter((one) => one.$type === kind);
  const sources = elementRegistry
    .filter((one) => is(one, "bpmn:UserTask") && formKey(one))
    .flatMap((one) => forms.fields(formKey(one)).filter((field) => !field.shown).map((field) => ({ value: `${one.id}.${field.key}`, label: `${one.businessObject.name || one.id}: ${field.label}` })));
  const save = (list) => {
    const rest = all.filter((one) => one.$type !== kind).map(plain);
    const items = kind === "alur:Input" ? [...list, ...rest] : [...rest, ...list];
    run("extensionList", { type: "alur:QualityStandard", property: "papers", items });
  };
  const plain = (one) => [one.$type, { source: one.source, text: one.text }];
  const replace = (at, changes) => save(mine.map((one, place) => (place === at ? [kind, { source: one.source, text: one.text, ...changes }] : plain(one))));
  return (
    <div class="bio-properties-panel-entry" data-entry-id={id}>
      <div class="bio-properties-panel-label">{label}</div>
      <ul class="alur-list">
        {mine.map((paper, at) => (
          <li key={at}>
            <div class="alur-list-row">
              <Text id={`${id}-${at}`} placeholder={label} value={paper.text ?? ""} commit={(text) => replace(at, { text: orNothing(text) })} />
              <Button quiet label={t("Remove {name}", { name: paper.text ?? "" })} onClick={() => save(mine.filter((one) => one !== paper).map(plain))}>×</Button>
            </div>
            <select class="bio-properties-panel-input alur-small" aria-label={t("Where “{name}” lies in the case", { name: paper.text ?? "" })} value={paper.source ?? ""} onChange={(event) => replace(at, { source: orNothing(event.target.value) })}>
              <option value="">{t("Not in the case")}</option>
              {paper.source && !sources.some((one) => one.value === paper.source) && <option value={paper.source}>{paper.source}</option>}
              {sources.map((one) => <option value={one.value} selected={one.value === paper.source}>{one.label}</option>)}
            </select>
          </li>
        ))}
      </ul>
      <Button onClick={() => save([...mine.map(plain), [kind, { text: t("New entry") }]])}>{add}</Button>
    </div>
  );
}

export function Assumption({ element, id, of }) {
  const { owner, set } = useModeler(element);
  const subject = of ?? owner;
  return <Area id={id} label={t("Assumption")} rows={2} hint={t("What is inferred here and not in the source; shown to everybody as an assumption.")} value={subject.get("alur:assumption") ?? ""}
    commit={(text) => set({ "alur:assumption": orNothing(text) }, subject)} />;
}

export function TimerIsStandard({ element, id }) {
  const { owner, set } = useModeler(element);
  const host = element.host;
  if (!host) return null;
  const marked = standardTimer(host) === element;
  const possible = !marked && !eventDefinition(element).timeCycle;
  return (
    <>
      <Note id={`${id}-note`}>{marked ? t("This timer is the standard time of “{name}”. Its number is easier to change there.", { name: host.businessObject.name || host.id }) : t("This timer is only flow; it is not the standard time of the step.")}</Note>
      {possible && <div class="bio-properties-panel-entry"><Button onClick={() => set({ "alur:deadline": "true" }, owner)}>{t("Make it the standard time")}</Button></div>}
    </>
  );
}
