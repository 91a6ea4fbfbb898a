// The form builder without reloading: each change is kept when its input is left or after a pause, buttons post what
// they would post anyway, and the parts of the page follow. Without this the same page works with its buttons.
"use strict";

(() => {
  const root = document.querySelector("[data-builder]");
  const form = document.getElementById("builder");
  if (!root) return;

  const words = JSON.parse(root.dataset.words);
  const meta = document.querySelector('meta[name="csrf-token"]');
  const voice = root.querySelector("[data-voice]");
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const PAUSES = [2000, 4000, 8000, 15000, 30000];
  const QUIET = 900;

  let changes = 0; // counts what was typed into the settings
  let kept = 0; // the count that the server has answered for
  let timer = 0;
  let failures = 0;
  let held = false; // another window has saved: the person says which counts
  let ended = false; // the session
  let composing = false;
  let queue = Promise.resolve();

  const status = (text, state) => {
    const line = root.querySelector("[data-status]");
    line.textContent = text;
    line.dataset.state = state;
  };
  const soon = (pause, typing = false) => {
    clearTimeout(timer);
    timer = setTimeout(() => post(null, typing), pause);
  };
  const dirty = () => kept !== changes;

  // -- posting -----------------------------------------------------------------

  /** Send the settings, with a button that was pressed; one after the other. Resolves to true once it was taken. */
  const post = (button = null, typing = false) => {
    clearTimeout(timer);
    const sending = queue.then(() => send(button, typing));
    queue = sending.catch(() => false);
    return sending;
  };

  async function send(button, typing) {
    if (!button && (!dirty() || held || composing)) return !dirty();
    const mine = changes;
    const body = new URLSearchParams(new FormData(form));
    if (button) body.set(button.name, button.value);
    if (typing) body.set("_pause", "1");
    status(words.saving, "saving");
    let answer;
    try {
      if (ended && !(await renewed())) return later(button, words.signed_out);
      body.set("csrf_token", meta.content);
      answer = await fetch(form.action, {
        method: "POST",
        body,
        headers: { "X-Parts": "1", "X-CSRFToken": meta.content },
        redirect: "manual",
      });
      if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    } catch {
      return later(button, words.failed);
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 400) {
      ended = true;
      later(button, `${words.signed_out} `);
      const link = Object.assign(document.createElement("a"), { href: "/sign-in", target: "_blank", textContent: words.sign_in });
      root.querySelector("[data-status]").append(link);
      return false;
    }
    ended = false;
    failures = 0;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-builder]")) {
      status(words.refused, "failed");
      return false;
    }
    held = page.querySelector("[data-conflict]") !== null;
    const refused = !answer.ok;
    // A name in the data is made from what is typed only once its input is left.
    const waits = page.querySelector("[data-later]") !== null;
    if (!refused || held) kept = waits ? mine - 1 : mine;
    if (button?.name === "_select" && mine !== changes && answer.ok) {
      // Something was typed into the field that is left while the answer was on its way: that first.
      root.querySelector('[name="_revision"]').value = page.querySelector('[name="_revision"]').value;
      return send(button);
    }
    follow(page, { button, newer: mine !== changes, refused });
    if (held) {
      kept = mine - 1;
      status(words.newer, "failed");
    } else if (refused) {
      kept = mine;
      status(page.querySelector("[data-refused]") ? words.undone : words.refused, "failed");
    } else if (waits) status(words.unsaved, "unsaved");
    else if (mine === changes) {
      status(root.querySelector(".pending") ? words.pending : page.querySelector("[data-status]").textContent, "saved");
    } else soon(QUIET, true);
    return answer.ok;
  }

  function later(button, text) {
    status(text, "failed");
    const pause = PAUSES[Math.min(failures, PAUSES.length - 1)];
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(() => post(button), pause);
    return false;
  }

  // After a sign-in in another window this page needs the token of the new session.
  async function renewed() {
    const page = await fetch(root.dataset.stay, { redirect: "manual" });
    if (!page.ok) return false;
    const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector('meta[name="csrf-token"]')?.content;
    if (!token) return false;
    meta.content = token;
    for (const one of document.querySelectorAll('input[name="csrf_token"]')) one.value = token;
    return true;
  }

  // -- following what the server answers --------------------------------------------

  // What the inputs of some part are, whatever was typed into them.
  const shape = (node) => {
    const copy = node.cloneNode(true);
    for (const field of copy.querySelectorAll("input, option, textarea")) {
      for (const name of ["value", "checked", "selected"]) if (field.matches("input:not([type=radio]):not([type=hidden]), option")) field.removeAttribute(name === "value" && field.matches("option") ? "x" : name);
      if (field.matches("textarea")) field.textContent = "";
      if (field.matches("[type=radio]")) field.removeAttribute("checked");
    }
    for (const fold of copy.querySelectorAll("details")) fold.removeAttribute("open");
    return copy.innerHTML.replace(/\s+/g, " ");
  };

  function follow(page, { button, newer, refused }) {
    const fresh = (name) => page.querySelector(`[data-part="${name}"]`);
    const active = document.activeElement;
    const chosen = active && active !== document.body && root.contains(active) ? { id: active.id, name: active.name, value: active.value, from: active.selectionStart, to: active.selectionEnd } : null;
    const inSettings = Boolean(active?.closest?.("[data-settings]"));
    for (const one of fresh("notices").querySelectorAll("[data-said]")) voice.textContent = one.textContent;
    swap(part("notices"), fresh("notices"));
    for (const name of ["_undo", "_redo"]) {
      const off = page.querySelector(`[name="${name}"]`).getAttribute("aria-disabled");
      const mine = root.querySelector(`[name="${name}"]`);
      if (off) mine.setAttribute("aria-disabled", off);
      else mine.removeAttribute("aria-disabled");
    }
    root.querySelector('[name="_revision"]').value = page.querySelector('[name="_revision"]').value;
    for (const name of [".where", ".builder-note"]) swap(root.querySelector(name), page.querySelector(name));
    const heading = page.querySelector("main h1");
    document.querySelector("main h1").textContent = heading.textContent;

    const before = part("parts");
    const after = fresh("parts");
    const mine = before.querySelector("[data-settings]");
    const theirs = after.querySelector("[data-settings]");
    const hidden = (node, name) => node.querySelector(`[name=${name}]`);
    const same = !button || hidden(before, "_name").value === hidden(after, "_name").value;
    const keeps = mine && theirs && same && (newer || (!button && !held && shape(mine) === shape(theirs)));
    const folds = new Map([...root.querySelectorAll("[data-keep-open]")].map((one) => [one.id, one.open]));
    const places = (node) => [...node.querySelectorAll("[data-place]")].map((one) => one.dataset.place + one.classList.contains("is-current")).join(" ");
    if (keeps && places(before) === places(after)) {
      for (const name of ["_at", "_name", "_was"]) hidden(before, name).value = hidden(after, name).value;
      const heads = [...after.querySelectorAll(".part-head")];
      [...before.querySelectorAll(".part-head")].forEach((head, index) => {
        if (head.innerHTML !== heads[index].innerHTML && !head.contains(active)) head.innerHTML = heads[index].innerHTML;
      });
    } else {
      if (keeps) theirs.replaceWith(mine);
      before.replaceChildren(...after.childNodes);
      if (same) for (const fold of before.querySelectorAll("[data-keep-open]")) if (folds.has(fold.id)) fold.open ||= folds.get(fold.id);
      focusAgain(chosen, button, inSettings);
    }
    if (!refused) history.replaceState(null, "", `${root.dataset.stay}?at=${part("parts").querySelector("[name=_at]").value}`);
    look();
  }

  function swap(mine, fresh) {
    if (mine && fresh && mine.innerHTML !== fresh.innerHTML) mine.replaceChildren(...[...fresh.childNodes].map((one) => document.importNode(one, true)));
  }

  // The same button of the field that was moved, the first setting of one that was added, the input one was in.
  function focusAgain(chosen, button, inSettings) {
    const conflict = root.querySelector("[data-conflict]");
    if (conflict) return conflict.focus();
    const current = part("parts").querySelector(".is-current");
    if (button?.name === "_add") {
      const first = current?.querySelector("#s-label, #s-text") ?? current?.querySelector(".part-open");
      first?.focus();
      return first?.select?.();
    }
    const opener = (row) => row?.querySelector(":scope > .part-head .part-open");
    const row = button?.closest?.("[data-place]")?.dataset.place; // where the button stood
    const there = (place) => opener(root.querySelector(`[data-place="${CSS.escape(place)}"]`));
    if (button?.name === "_select") return (opener(current) ?? (row ? there(row) : opener(root.querySelector(".part-form"))))?.focus({ preventScroll: true });
    if (button?.name === "_remove") {
      // The field that has taken its place, else the one before it.
      const around = row.split(".");
      const last = Number(around.pop());
      const beside = there([...around, last].join(".")) ?? there([...around, last - 1].join(".")) ?? there(around.join("."));
      return (beside ?? root.querySelector(".add-menu > summary")).focus();
    }
    if (button && ["_up", "_down", "_in", "_out", "_copy"].includes(button.name)) {
      const again = current?.querySelector(`:scope > .part-head [name="${button.name}"]`) ?? current?.querySelector(":scope > .part-head .part-open");
      (again ?? root.querySelector(".add-menu > summary")).focus();
      again?.scrollIntoView({ block: "nearest" });
      return undefined;
    }
    const [verb, index] = ["_choices", "_columns", "_hide"].includes(button?.name) ? button.value.split(":") : [];
    if (verb) {
      // The same button of the row that was moved; of a row that was removed, that of the next one.
      const to = Number(index) + ({ up: -1, down: 1 }[verb] ?? 0);
      const same = (place) => root.querySelector(`[name="${button.name}"][value="${verb}:${place}"]`);
      const again = same(to) ?? same(to - 1) ?? root.querySelector(`[name^="s-${button.name.slice(1)}-0-"]`);
      const card = again?.closest(".column-card");
      if (card) card.open = true;
      return again?.focus();
    }
    if (!chosen) return undefined;
    const found = (chosen.id && document.getElementById(chosen.id)) || (chosen.name && root.querySelector(`[name="${CSS.escape(chosen.name)}"][value="${CSS.escape(chosen.value)}"]`)) || (inSettings && current?.querySelector(".part-open"));
    if (!found) return undefined;
    found.focus({ preventScroll: true });
    if (chosen.from !== null && chosen.from !== undefined && found.setSelectionRange && found.type !== "date") {
      try {
        found.setSelectionRange(chosen.from, chosen.to);
      } catch {
        // not every input has a selection
      }
    }
    return undefined;
  }

  // -- the preview ---------------------------------------------------------------------

  const sheet = root.querySelector("form[data-form]");
  let looking = null;

  const answers = () => new URLSearchParams([...new FormData(sheet)].filter(([, value]) => typeof value === "string"));

  async function look() {
    looking?.abort();
    looking = new AbortController();
    const body = answers();
    const sent = body.toString();
    try {
      const answer = await fetch(sheet.dataset.draft, { method: "POST", body, headers: { "X-Parts": "1", "X-CSRFToken": meta.content }, signal: looking.signal, redirect: "manual" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      if (answers().toString() !== sent) return void look();
      const shown = sheet.querySelector("[data-sheet]");
      const active = shown.contains(document.activeElement) ? document.activeElement : null;
      const selected = active && [active.selectionStart, active.selectionEnd];
      shown.replaceChildren(...fresh.childNodes);
      for (const one of shown.querySelectorAll("[data-hidden]")) one.hidden = true;
      const again = active?.id && document.getElementById(active.id);
      again?.focus({ preventScroll: true });
      if (selected?.[0] != null) again?.setSelectionRange?.(...selected);
    } catch (error) {
      if (error.name !== "AbortError" && error.name !== "TypeError") throw error; // without a connection the next edit looks again
    }
  }

  sheet.addEventListener("submit", (event) => {
    const button = event.submitter;
    event.preventDefault();
    event.stopPropagation();
    if (button?.name !== "_language") return look();
    const address = new URL(sheet.dataset.draft, location.href);
    address.searchParams.set("language", button.value);
    sheet.dataset.draft = address.pathname + address.search;
    sheet.querySelector("[data-language]").value = button.value;
    sheet.querySelector("[data-sheet]").lang = button.value;
    for (const one of sheet.querySelectorAll("[name=_language]")) one.setAttribute("aria-pressed", String(one === button));
    return look();
  }, true);

  // -- what the person does ------------------------------------------------------------

  form.addEventListener("compositionstart", () => (composing = true));
  form.addEventListener("compositionend", () => (composing = false));
  form.addEventListener("input", (event) => {
    if (!event.target.name?.match(/^[sh]-/)) return;
    changes += 1;
    if (!held) status(words.unsaved, "unsaved");
    soon(QUIET, true);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name?.match(/^[sh]-/)) soon(event.target.matches("select, [type=checkbox], [type=radio]") ? 0 : 50);
  });

  document.addEventListener("submit", async (event) => {
    if (event.target !== form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    if (button?.getAttribute("aria-disabled")) return;
    const menu = button?.closest("details.menu");
    if (menu) menu.open = false;
    if (button?.name === "_save") changes += 1;
    await post(button);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input, textarea, select")) return;
    const wanted = { z: event.shiftKey ? "_redo" : "_undo", y: "_redo" }[event.key.toLowerCase()];
    const button = wanted && root.querySelector(`[name="${wanted}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  let expression = ""; // the id of the one that was worked on last
  form.addEventListener("focusin", (event) => {
    if (event.target.matches(".code[id]:not([id$='-key'])")) expression = event.target.id;
  });
  form.addEventListener("click", (event) => {
    const name = event.target.closest("[data-put]");
    if (!name) return;
    const into = document.getElementById(name.dataset.into || expression);
    if (!into) return;
    into.focus();
    into.setRangeText(name.dataset.put, into.selectionStart, into.selectionEnd, "end");
    into.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Nobody leaves by a link of this page before everything is kept.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.target || event.ctrlKey || event.metaKey || !dirty() || "drop" in link.dataset) return;
    event.preventDefault();
    if ((await post()) && !dirty()) location.href = link.href;
  });
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-drop]")) kept = changes;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty()) event.preventDefault();
  });
  window.addEventListener("online", () => dirty() && post());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && dirty() && post());

  window.alurBuilder = { root, form, post };
})();
