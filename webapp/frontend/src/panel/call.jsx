// Calling another process: which one, which version of it, and which data go in and come back.
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { fieldsAt } from "../fields.js";
import { t } from "../language.js";
import { Button, Check, Note, Select, Text } from "./controls.jsx";
import { orNothing, useModeler } from "./services.js";

const BINDINGS = [
  ["", "The newest"],
  ["deployment", "The one in force when this is published"],
  ["version", "One certain version"],
];

export function Called({ element, id }) {
  const { owner, choices, modeling } = useModeler(element);
  const version = owner.get("camunda:calledElementVersion");
  const binding = owner.get("camunda:calledElementBinding") || (version ? "version" : "");
  const set = (properties) => modeling.updateProperties(element, properties);
  const bind = (value) => set({ "camunda:calledElementBinding": value || undefined, "camunda:calledElementVersion": value === "version" ? version || "1" : undefined });
  return (
    <>
      <Select id={id} label={t("Process to call")} value={owner.calledElement ?? ""} options={[{ value: "", label: t("Choose a process …") }, ...(choices.processes ?? [])]} commit={(key) => set({ calledElement: key || undefined })} />
      <Select id={`${id}-binding`} label={t("Which version")} value={binding === "latest" ? "" : binding} options={BINDINGS.map(([value, label]) => ({ value, label: t(label) }))} commit={bind}
        hint={binding ? "" : t("When it gets a new version, this process gets one too.")} />
      {binding === "version" && <Text id={`${id}-version`} type="number" min="1" label={t("Number of the version")} value={String(version ?? "")} commit={(text) => set({ "camunda:calledElementVersion": orNothing(text) })} />}
    </>
  );
}

const valuesOf = (owner, kind) => (owner.get("extensionElements")?.get("values") ?? []).filter((one) => one.$type === kind);

export function Mappings({ element, id }) {
  const modeler = useModeler(element);
  const { owner, run } = modeler;
  const into = valuesOf(owner, "camunda:In");
  const out = valuesOf(owner, "camunda:Out");
  const ours = ["alur:in", "alur:out"].flatMap((kind) => valuesOf(owner, kind));
  const [begun, setBegun] = useState(false);
  const own = begun || into.length + out.length + ours.length > 0;
  const share = (value) => {
    setBegun(value === "own");
    if (value === "shared") run("values", { kinds: ["camunda:In", "camunda:Out", "alur:in", "alur:out"], items: [] });
  };
  const known = fieldsAt(element, modeler).map((one) => ({ value: one.key, label: `${one.label} (${one.step})` }));
  return (
    <>
      <Select id={id} label={t("Data")} value={own ? "own" : "shared"} commit={share}
        options={[{ value: "shared", label: t("Shares the data of the case") }, { value: "own", label: t("Has data of its own") }]}
        hint={own ? t("Only what is named here goes in and comes back.") : ""} />
      {own && (
        <>
          <Mapping id={`${id}-in`} kind="camunda:In" label={t("Goes in")} all={t("Everything goes in")} add={t("Add what goes in")} there={t("Name inside")} from={t("Value from here")} list={known} mine={into} run={run} />
          <Mapping id={`${id}-out`} kind="camunda:Out" label={t("Comes back")} all={t("Everything comes back")} add={t("Add what comes back")} there={t("Name here")} from={t("Value from inside")} mine={out} run={run} />
          {ours.length > 0 && <Note id={`${id}-ours`}>{t("The file hands over more, written with alur:in and alur:out; it stays as it is.")}</Note>}
        </>
      )}
    </>
  );
}

const isPlain = (text) => /^[A-Za-z_]\w*$/.test(text);

/** Rows of "name there = value from here"; a plain name is a source, anything else an expression. */
function Mapping({ id, kind, label, all, add, there, from, list, mine, run }) {
  // What the rows can't show (a business key, local ones) stays.
  const everything = mine.find((one) => one.variables);
  const rows = mine.filter((one) => !one.variables && one.businessKey === undefined);
  const rest = mine.filter((one) => one !== everything && !rows.includes(one));
  const save = (pairs, whole = Boolean(everything)) => {
    const made = pairs.map(([target, text]) => [kind, { target, [isPlain(text) || !text ? "source" : "sourceExpression"]: isPlain(text) || !text ? text || undefined : text.startsWith("${") ? text : `\${${text}}` }]);
    run("values", { kinds: [kind], items: [...(whole ? [[kind, { variables: "all" }]] : []), ...made], kept: rest });
  };
  const pairs = rows.map((one) => [one.target ?? "", one.source ?? one.sourceExpression ?? ""]);
  const replace = (at, place, text) => save(pairs.map((pair, row) => (row === at ? pair.map((old, column) => (column === place ? text.trim() : old)) : pair)));
  return (
    <div class="bio-properties-panel-entry" data-entry-id={id} role="group" aria-label={label}>
      <div class="bio-properties-panel-label">{label}</div>
      <Check id={`${id}-all`} label={all} checked={Boolean(everything)} commit={(on) => save(pairs, on)} />
      <ul class="alur-list">
        {pairs.map(([target, text], at) => (
          <li key={at} class="alur-list-row">
            <Text id={`${id}-${at}-target`} placeholder={there} mono value={target} commit={(name) => replace(at, 0, name)} />
            <Text id={`${id}-${at}-source`} placeholder={from} mono value={text} list={list} commit={(value) => replace(at, 1, value)} />
            <Button quiet label={t("Remove {name}", { name: target })} onClick={() => save(pairs.filter((_, row) => row !== at))}>×</Button>
          </li>
        ))}
      </ul>
      <Button onClick={() => save([...pairs, ["", ""]])}>{add}</Button>
    </div>
  );
}
