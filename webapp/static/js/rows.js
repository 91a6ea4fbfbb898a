// Repeating rows: add, duplicate, remove with undo, and cells pasted from a spreadsheet.
// Each button also works without this, by asking the server.
"use strict";

(() => {
  const { form, words, say } = window.alurForm ?? {};
  if (!form) return;

  const NUMBERED = ["name", "id", "for", "aria-describedby", "data-field", "data-computed", "data-path", "data-name"];
  const body = (list) => list.querySelector("[data-rows-body]");
  const rows = (list) => [...body(list).children];
  const most = (list) => Number(list.dataset.max);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // Names, ids and labels follow the order of the rows, so that paths mean the same here and on the server.
  function renumber(list) {
    const path = list.dataset.rows;
    const pattern = new RegExp(`(^|\\s|f-)${path}([-.:])(?:\\d+|__row__)(?=[-.:]|$)`, "g");
    const ticked = [...body(list).querySelectorAll("input[type=radio]:checked")];
    rows(list).forEach((row, index) => {
      const put = (text) => text.replace(pattern, `$1${path}$2${index}`);
      for (const part of row.querySelectorAll(NUMBERED.map((name) => `[${name}]`).join(","))) {
        for (const name of NUMBERED) if (part.hasAttribute(name)) part.setAttribute(name, put(part.getAttribute(name)));
      }
      for (const button of row.querySelectorAll("button[value]")) button.value = put(button.value);
      for (const number of row.querySelectorAll("[data-row-number]")) number.textContent = index + 1;
    });
    // While names change hands, two rows may share a group for a moment, which unticks one of them.
    for (const one of ticked) one.checked = true;
    const count = rows(list).length;
    list.querySelector("[data-rows-count]").textContent = count;
    list.querySelector("[data-rows-empty]").hidden = count > 0;
    list.querySelector("[data-rows-frame]").hidden = count === 0;
    const full = count >= most(list);
    for (const button of list.querySelectorAll("[data-add-row], [data-copy-row]")) button.disabled = full;
  }

  function settled(list) {
    renumber(list);
    form.dispatchEvent(new CustomEvent("work:changed"));
  }

  const firstField = (row) => row.querySelector("input:not([type=hidden]), select, textarea");

  function blank(list) {
    const row = list.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
    row.classList.add("is-new");
    body(list).append(row);
    return row;
  }

  function add(list) {
    if (rows(list).length >= most(list)) return;
    const row = blank(list);
    settled(list);
    firstField(row)?.focus();
    say(fill(words.row_added, { row: rows(list).length }));
  }

  function copy(list, row) {
    if (rows(list).length >= most(list)) return;
    const twin = row.cloneNode(true);
    const before = row.querySelectorAll("select");
    twin.querySelectorAll("select").forEach((select, index) => (select.value = before[index].value));
    for (const mark of twin.querySelectorAll(".problem")) mark.remove();
    for (const cell of twin.querySelectorAll(".has-problem")) cell.classList.remove("has-problem");
    for (const field of twin.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (list.dataset.unique) {
      for (const field of twin.querySelectorAll(`[name$="-${list.dataset.unique}"]`)) field.value = "";
    }
    const ticked = [...row.querySelectorAll("input[type=radio]:checked")];
    twin.classList.add("is-new");
    for (const radio of twin.querySelectorAll("input[type=radio]")) radio.name = `__twin__${radio.name}`;
    row.after(twin);
    for (const radio of twin.querySelectorAll("input[type=radio]")) radio.name = radio.name.slice("__twin__".length);
    settled(list);
    for (const one of ticked) one.checked = true;
    firstField(twin)?.focus();
    say(fill(words.row_added, { row: rows(list).indexOf(twin) + 1 }));
  }

  function remove(list, row) {
    const all = rows(list);
    const place = all.indexOf(row);
    const next = all[place + 1] ?? all[place - 1];
    row.remove();
    settled(list);
    (next?.querySelector("[data-remove-row]") ?? list.querySelector("[data-add-row]")).focus();
    offerUndo(list, row, place);
  }

  function offerUndo(list, row, place) {
    list.querySelector(".rows-undo")?.remove();
    const note = document.createElement("p");
    note.className = "rows-undo";
    note.setAttribute("role", "status");
    note.append(`${fill(words.row_removed, { row: place + 1 })} `);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.textContent = words.undo;
    button.addEventListener("click", () => {
      const after = rows(list)[place];
      if (after) after.before(row);
      else body(list).append(row);
      note.remove();
      settled(list);
      firstField(row)?.focus();
    });
    note.append(button);
    list.querySelector(".rows-tools").append(note);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row], [data-copy-row], [data-remove-row]");
    const list = button?.closest("[data-rows]");
    if (!list) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (button.matches("[data-add-row]")) add(list);
    else if (button.matches("[data-copy-row]")) copy(list, row);
    else remove(list, row);
  });

  // -- cells from a spreadsheet -------------------------------------------------

  // Tab-separated text as spreadsheets copy it: cells with line breaks stand in quotes.
  function cells(text) {
    const lines = [[]];
    const pattern = /("(?:[^"]|"")*"|[^\t\n]*)(\t|\n|$)/gy;
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      const raw = found[1];
      lines.at(-1).push(raw.startsWith('"') && raw.length > 1 ? raw.slice(1, -1).replaceAll('""', '"') : raw);
      if (pattern.lastIndex >= text.length && found[2] !== "\t") break;
      if (found[2] === "\n") lines.push([]);
    }
    return lines.filter((line) => line.some((cell) => cell.trim()));
  }

  const takesText = (cell) => cell.querySelector("input:not([type=hidden], [type=file]), select, textarea") !== null;

  function put(cell, text) {
    const value = text.trim();
    const wanted = value.toLowerCase();
    const select = cell.querySelector("select");
    const ticks = [...cell.querySelectorAll("input[type=radio], input[type=checkbox]")];
    if (select) {
      const option = [...select.options].find((one) => [one.value, one.text].some((t) => t.trim().toLowerCase() === wanted));
      if (option) select.value = option.value;
    } else if (ticks.length) {
      const tick = ticks.find((one) => [one.value, one.labels[0]?.textContent].some((t) => t?.trim().toLowerCase() === wanted));
      if (tick) tick.checked = true;
    } else {
      const field = cell.querySelector("input:not([type=hidden]), textarea");
      const day = field.type === "date" && value.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
      field.value = day ? `${day[3]}-${day[2].padStart(2, "0")}-${day[1].padStart(2, "0")}` : value;
    }
  }

  form.addEventListener("paste", (event) => {
    const cell = event.target.closest?.("[data-row] > td");
    const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n") ?? "";
    const several = text.includes("\t") || (event.target.matches("input") && text.trim().includes("\n"));
    if (!cell || !several) return;
    event.preventDefault();
    const list = cell.closest("[data-rows]");
    const first = [...cell.parentElement.cells].indexOf(cell);
    let place = rows(list).indexOf(cell.parentElement);
    const fixed = !list.querySelector("[data-row-template]");
    let filled = 0;
    for (const line of cells(text)) {
      if (place >= rows(list).length) {
        if (fixed || place >= most(list)) break;
        blank(list);
      }
      const targets = [...rows(list)[place].cells].slice(first).filter(takesText);
      line.slice(0, targets.length).forEach((value, index) => put(targets[index], value));
      place += 1;
      filled += 1;
    }
    settled(list);
    say(fill(words.pasted, { count: filled }));
  });
})();
