// The controls of our own groups. A text is one edit when it is left or Enter is pressed, so one undo takes it back.
import { useEffect, useRef, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { t } from "../language.js";

const ID = (id) => `bio-properties-panel-${id}`;

function Entry({ id, label, hint, children, plain }) {
  return (
    <div class="bio-properties-panel-entry" data-entry-id={id}>
      {label && !plain && <label class="bio-properties-panel-label" for={ID(id)}>{label}</label>}
      {children}
      {hint && <div class="bio-properties-panel-description" id={`${ID(id)}-hint`}>{hint}</div>}
    </div>
  );
}

/** What is being typed and not yet an edit; it becomes one on leaving, on Enter and when the panel moves on. */
export function useTyped(value, commit) {
  const [typed, setTyped] = useState(value);
  const pending = useRef(null);
  useEffect(() => setTyped(value), [value]);
  const send = () => {
    const edit = pending.current;
    pending.current = null;
    edit?.();
  };
  useEffect(() => send, []);
  const type = (text) => {
    setTyped(text);
    pending.current = text === value ? null : () => commit(text);
  };
  return { typed, type, send };
}

export function Text({ id, label, hint, value = "", commit, list, placeholder, type = "text", min, disabled, name, mono, focus }) {
  const { typed, type: write, send } = useTyped(value, commit);
  const input = (
    <input
      ref={focus && ((node) => node && !node.dataset.met && ((node.dataset.met = "1"), node.focus()))}
      id={ID(id)} name={name ?? id} class={`bio-properties-panel-input${mono ? " mono" : ""}`} type={type} min={min} value={typed} placeholder={placeholder}
      disabled={disabled} autocomplete="off" spellcheck={false} list={list ? `${ID(id)}-list` : undefined}
      aria-describedby={hint ? `${ID(id)}-hint` : undefined} aria-label={label ? undefined : placeholder}
      onInput={(event) => write(event.target.value)} onBlur={send}
      onKeyDown={(event) => event.key === "Enter" && send()}
      onChange={(event) => list && list.some((one) => one.value === event.target.value) && send()}
    />
  );
  return (
    <Entry id={id} label={label} hint={hint}>
      <div class="bio-properties-panel-textfield">
        {input}
        {list && <datalist id={`${ID(id)}-list`}>{list.map((one) => <option value={one.value}>{one.label}</option>)}</datalist>}
      </div>
    </Entry>
  );
}

export function Area({ id, label, hint, value = "", commit, rows = 3, mono }) {
  const { typed, type, send } = useTyped(value, commit);
  return (
    <Entry id={id} label={label} hint={hint}>
      <div class="bio-properties-panel-textarea">
        <textarea id={ID(id)} name={id} class={`bio-properties-panel-input${mono ? " mono" : ""}`} rows={rows} value={typed}
          aria-describedby={hint ? `${ID(id)}-hint` : undefined} onInput={(event) => type(event.target.value)} onBlur={send} />
      </div>
    </Entry>
  );
}

export function Select({ id, label, hint, value = "", options, commit, disabled }) {
  const known = options.some((one) => one.value === value);
  return (
    <Entry id={id} label={label} hint={hint}>
      <div class="bio-properties-panel-select">
        <select id={ID(id)} name={id} class="bio-properties-panel-input" value={value} disabled={disabled} aria-describedby={hint ? `${ID(id)}-hint` : undefined}
          aria-label={label ? undefined : hint} onChange={(event) => commit(event.target.value)}>
          {!known && <option value={value}>{value}</option>}
          <Grouped options={options} value={value} />
        </select>
      </div>
    </Entry>
  );
}

/** The options of a list, those with a `group` under its heading. */
export function Grouped({ options, value }) {
  const groups = [];
  for (const one of options) {
    const name = one.group ?? "";
    if (groups.at(-1)?.name !== name) groups.push({ name, some: [] });
    groups.at(-1).some.push(one);
  }
  const all = (some) => some.map((one) => <option value={one.value} selected={one.value === value}>{one.label}</option>);
  return groups.map(({ name, some }) => (name ? <optgroup label={name}>{all(some)}</optgroup> : all(some)));
}

const ANOTHER = "\u0000";

/** One of what exists, or another one by its name. */
export function Choice({ id, label, hint, value = "", none, another, options, commit, mono }) {
  const [naming, setNaming] = useState(false);
  const all = [{ value: "", label: none }, ...options, { value: ANOTHER, label: another }];
  const name = (text) => {
    setNaming(false);
    if (text.trim() && text.trim() !== value) commit(text.trim());
  };
  return (
    <>
      <Select id={id} label={label} hint={hint} value={naming ? ANOTHER : value} options={all} commit={(one) => (one === ANOTHER ? setNaming(true) : (setNaming(false), commit(one)))} />
      {naming && <Text id={`${id}-another`} label={t("Its name")} mono={mono} value="" commit={name} focus />}
    </>
  );
}

/** Several of a list, as boxes; what stands there and is not in the list stays, marked. */
export function Boxes({ id, label, hint, chosen, options, commit }) {
  const matches = (one, name) => one.value === name || one.label.toLowerCase() === name.toLowerCase();
  const has = (option) => chosen.some((name) => matches(option, name));
  const strange = chosen.filter((name) => !options.some((one) => matches(one, name)));
  // Who was chosen when the list was opened comes first; a click moves nothing.
  const first = useRef(new Set(options.filter(has).map((one) => one.value)));
  const ordered = [...options.filter((one) => first.current.has(one.value)), ...options.filter((one) => !first.current.has(one.value))];
  const all = [...strange.map((name) => ({ value: name, label: `${name} (${t("does not exist yet")})` })), ...ordered];
  const toggle = (option) => {
    commit(has(option) ? chosen.filter((name) => !matches(option, name)) : [...chosen, option.value]);
  };
  return (
    <Entry id={id} plain hint={hint}>
      <fieldset class="alur-boxes">
        <legend class="bio-properties-panel-label">{label}</legend>
        <div class="alur-boxes-list">
          {all.map((option) => (
            <label key={option.value}>
              <input type="checkbox" checked={has(option)} onChange={() => toggle(option)} /> {option.label}
            </label>
          ))}
        </div>
      </fieldset>
    </Entry>
  );
}

export function Check({ id, label, hint, checked, commit }) {
  return (
    <Entry id={id} plain hint={hint}>
      <label class="alur-check"><input id={ID(id)} type="checkbox" checked={checked} onChange={(event) => commit(event.target.checked)} /> {label}</label>
    </Entry>
  );
}

export function Note({ id, children }) {
  return <div class="bio-properties-panel-entry alur-note" data-entry-id={id}>{children}</div>;
}

export function Actions({ id, children }) {
  return <div class="bio-properties-panel-entry alur-actions" data-entry-id={id}>{children}</div>;
}

export function Button({ onClick, label, children, quiet }) {
  return <button type="button" class={`button button-small${quiet ? " button-quiet" : ""}`} aria-label={label} onClick={onClick}>{children}</button>;
}
