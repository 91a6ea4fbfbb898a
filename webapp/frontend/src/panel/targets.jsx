// What a step is tied to outside the flow, chosen from what exists: connectors and decision tables; and what it computes.
import { extensionList } from "../commands/extensions.js";
import { t } from "../language.js";
import { Area, Button, Select, Text } from "./controls.jsx";
import { orNothing, useModeler } from "./services.js";

const list = (given) => (given ?? []).map((one) => (typeof one === "string" ? { value: one, label: one } : one));

export function Decision({ element, id }) {
  const { owner, choices, modeling } = useModeler(element);
  const update = (name) => (value) => modeling.updateProperties(element, { [name]: orNothing(value) });
  return (
    <>
      <Select id={id} label={t("Decision table")} value={owner.get("camunda:decisionRef") ?? ""} options={[{ value: "", label: t("Choose a table …") }, ...list(choices.decisions)]} commit={update("camunda:decisionRef")} />
      <Text id={`${id}-result`} mono label={t("Name that takes the answer")} value={owner.get("camunda:resultVariable") ?? ""} commit={update("camunda:resultVariable")} />
    </>
  );
}

export function Connector({ element, id }) {
  const { owner, choices, modeling } = useModeler(element);
  const value = owner.get("alur:connector") || owner.get("camunda:topic") || "";
  return <Select id={id} label={t("Connector")} value={value} options={[{ value: "", label: t("Choose a connector …") }, ...list(choices.connectors)]}
    commit={(name) => modeling.updateProperties(element, { "alur:connector": name || undefined })} />;
}

export function Parameters({ element, id, kind, label, add }) {
  const { owner, run } = useModeler(element);
  const property = kind === "camunda:InputParameter" ? "inputParameters" : "outputParameters";
  const mine = extensionList(owner, "camunda:InputOutput", property);
  const other = extensionList(owner, "camunda:InputOutput", property === "inputParameters" ? "outputParameters" : "inputParameters");
  const save = (pairs) => {
    // With nothing left on either side the block goes; else the other side keeps it.
    if (!pairs.length && !other.length) return run("extensionList", { type: "camunda:InputOutput", property, items: [] });
    const items = pairs.map(([name, value]) => [kind, { name, value }]);
    return items.length ? run("extensionList", { type: "camunda:InputOutput", property, items }) : run("emptyList", { type: "camunda:InputOutput", property });
  };
  const pairs = mine.map((one) => [one.name ?? "", one.value ?? ""]);
  const replace = (at, place, text) => save(pairs.map((pair, row) => (row === at ? pair.map((old, column) => (column === place ? text.trim() : old)) : pair)));
  return (
    <div class="bio-properties-panel-entry" data-entry-id={id}>
      <div class="bio-properties-panel-label">{label}</div>
      <ul class="alur-list">
        {pairs.map(([name, value], at) => (
          <li key={at} class="alur-list-row">
            <Text id={`${id}-${at}-name`} placeholder={t("Name")} mono value={name} commit={(text) => replace(at, 0, text)} />
            <Text id={`${id}-${at}-value`} placeholder={t("Value or ${expression}")} mono value={value} commit={(text) => replace(at, 1, text)} />
            <Button quiet label={t("Remove {name}", { name })} onClick={() => save(pairs.filter((_, row) => row !== at))}>×</Button>
          </li>
        ))}
      </ul>
      <Button onClick={() => save([...pairs, ["", ""]])}>{add}</Button>
    </div>
  );
}

export function Script({ element, id }) {
  const { owner, modeling } = useModeler(element);
  return <Area id={id} mono rows={5} label={t("Assignments")} hint={t("One a line, for example total = price * count.")} value={owner.script ?? ""}
    commit={(text) => modeling.updateProperties(element, { script: text.trim() || undefined, scriptFormat: "alur" })} />;
}
