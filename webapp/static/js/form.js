// A task's form while somebody types: drafts are kept, computed cells follow, Enter never sends by accident.
// Everything here is a comfort; without it the same form works with its buttons.
"use strict";

(() => {
  const form = document.querySelector("form[data-form]");
  const fold = document.querySelector("details[data-fold]");
  if (fold && window.matchMedia("(max-width: 1023px)").matches) fold.open = false;
  for (const part of document.querySelectorAll("[data-hidden]")) part.hidden = true;
  const problem = document.querySelector("#problems");
  if (problem && document.activeElement === document.body) (document.querySelector("[autofocus]") ?? problem).focus();
  if (!form) return;

  const words = JSON.parse(form.dataset.words);
  const line = form.querySelector("[data-draft-state]");
  const meta = document.querySelector('meta[name="csrf-token"]');
  const PAUSES = [2000, 5000, 10000, 30000];

  let timer = 0;
  let changes = 0; // counts what was typed
  let kept = 0; // the count that the server holds
  let failures = 0;
  let over = false; // the task can't take drafts any more
  let underway = null;
  let ended = false; // the session; the page waits until somebody has signed in again

  const say = (text) => {
    const voice = form.querySelector("[data-say]");
    if (voice) voice.textContent = text;
  };
  const show = (text, state = "") => {
    line.textContent = text;
    line.dataset.state = state;
  };

  const answers = () => {
    const pairs = new URLSearchParams();
    const along = ["_window", "_seen", ...(form.dataset.with?.split(" ") ?? [])];
    for (const [name, value] of new FormData(form)) {
      const own = name.startsWith("_") && !along.includes(name);
      if (typeof value === "string" && !own && name !== "csrf_token") pairs.append(name, value);
    }
    return pairs;
  };

  // -- keeping ---------------------------------------------------------------

  const soon = (pause) => {
    if (over) return;
    clearTimeout(timer);
    timer = setTimeout(keep, pause);
  };

  const changed = (pause = 800) => {
    changes += 1;
    if (line.dataset.state !== "failed") show(words.unsaved, "unsaved");
    soon(form.elements.length > 800 ? Math.max(pause, 2000) : pause);
  };

  // After a sign-in in another window this page needs the token of the new session.
  async function renewed() {
    const page = await fetch(location.pathname, { headers: { "X-Refresh": "1" }, redirect: "manual" });
    if (!page.ok) return false;
    const text = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = text.querySelector('meta[name="csrf-token"]')?.content;
    if (!token) return false;
    meta.content = token;
    for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
    return true;
  }

  const link = (text, href, more = {}) => Object.assign(document.createElement("a"), { textContent: text, href, ...more });

  function waitForSignIn(address) {
    ended = true;
    show(`${words.signed_out} `, "failed");
    line.append(link(words.sign_in, `${address}?next=${encodeURIComponent(location.pathname)}`, { target: "_blank" }));
    soon(5000);
  }

  // Another window has saved since this one was opened: which of the two counts is for the person to say.
  function askWhich(newer) {
    over = true;
    show(`${words.newer.replace("{time}", newer.newer)} `, "failed");
    const here = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: words.keep_this });
    here.addEventListener("click", () => {
      form.elements._seen.value = newer.seen;
      over = false;
      changes += 1;
      keep();
    });
    line.append(here, " · ", link(words.show_newer, location.pathname));
  }

  async function keep() {
    if (over || kept === changes) return;
    underway?.abort();
    const mine = changes;
    const body = answers().toString();
    underway = new AbortController();
    form.classList.add("is-refreshing");
    try {
      if (ended && !(await renewed())) {
        soon(5000);
        return;
      }
      const response = await fetch(form.dataset.draft, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": meta?.content ?? "", Accept: "application/json" },
        keepalive: body.length < 60000,
        signal: underway.signal,
        redirect: "manual",
      });
      if (response.status >= 500 || response.status === 429) throw new Error(String(response.status));
      const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
      if (response.status === 401 || (response.status === 400 && !ended)) {
        waitForSignIn(answer.sign_in ?? "/sign-in");
        return;
      }
      ended = false;
      if (response.status === 409 && answer.newer) {
        askWhich(answer);
        return;
      }
      if (!response.ok) {
        over = true;
        show(words.refused, "failed");
        return;
      }
      const draft = answer;
      failures = 0;
      kept = Math.max(kept, mine);
      if (mine !== changes) return; // something newer is on its way
      show(words.saved.replace("{time}", draft.saved_at), "saved");
      follow(draft);
    } catch (error) {
      if (error.name === "AbortError") return;
      show(words.failed, "failed");
      soon(PAUSES[Math.min(failures, PAUSES.length - 1)]);
      failures += 1;
    } finally {
      form.classList.remove("is-refreshing");
    }
  }

  // Show what the server computed and hide what its conditions hide; never a part somebody is in.
  function follow(draft) {
    for (const cell of form.querySelectorAll("[data-computed]")) {
      const text = draft.values[cell.dataset.computed] || "–";
      if (cell.textContent !== text) cell.textContent = text;
    }
    const hidden = new Set(draft.hidden);
    for (const part of form.querySelectorAll("[data-field]")) {
      const hide = hidden.has(part.dataset.field);
      if (hide === part.hasAttribute("data-hidden") || (hide && part.contains(document.activeElement))) continue;
      part.toggleAttribute("data-hidden", hide);
      part.hidden = hide;
    }
  }

  const own = (target) => target.name?.startsWith("_") || target.type === "file";
  form.addEventListener("input", (event) => {
    if (!own(event.target)) changed();
  });
  form.addEventListener("change", (event) => {
    const quick = event.target.matches?.("select, input[type=radio], input[type=checkbox]");
    if (!own(event.target)) changed(quick ? 100 : 400);
  });
  form.addEventListener("work:changed", () => changed(100));
  form.querySelector("[data-save]")?.addEventListener("click", (event) => {
    if (over) return;
    event.preventDefault();
    show(words.saving, "saving");
    changes += 1;
    soon(0);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  window.addEventListener("online", () => soon(0));
  window.addEventListener("beforeunload", (event) => {
    if (kept !== changes && form.dataset.sent !== "yes") event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    underway?.abort();
    kept = changes;
  });

  // -- Enter: on to the next field; it sends only on a button ------------------

  const fields = () =>
    [...form.querySelectorAll("input, select, textarea, [data-send]")].filter(
      (one) => one.type !== "hidden" && !one.disabled && one.tabIndex >= 0 && one.offsetParent !== null,
    );

  form.addEventListener("keydown", (event) => {
    const from = event.target;
    if (event.key !== "Enter" || event.isComposing || !from.matches("input, textarea[data-line]") || from.type === "file") return;
    event.preventDefault();
    const row = from.closest("[data-row]");
    const below = row && nextInColumn(row, from);
    if (below) {
      below.focus();
      below.select?.();
      return;
    }
    const all = fields();
    const after = row ? all.find((one) => !row.closest("table").contains(one) && follows(from, one)) : all[all.indexOf(from) + 1];
    after?.focus();
  });

  const follows = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

  function nextInColumn(row, from) {
    const place = [...row.cells].indexOf(from.closest("td, th"));
    return row.nextElementSibling?.cells?.[place]?.querySelector("input:not([type=hidden]), select, textarea");
  }

  // -- texts grow with what is typed, where the browser doesn't do it by itself --

  if (!CSS.supports("field-sizing", "content")) {
    const grow = (text) => {
      text.style.height = "auto";
      text.style.height = `${text.scrollHeight + 2}px`;
    };
    form.addEventListener("input", (event) => event.target.matches("textarea[data-grow]") && grow(event.target));
    for (const text of form.querySelectorAll("textarea[data-grow]")) if (text.value) grow(text);
  }

  window.alurForm = { form, words, say };
})();
