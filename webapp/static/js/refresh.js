// Lists and cases follow what others do. Nothing moves under a hand: focus stays, and typing holds the page still.
"use strict";

(() => {
  const EVERY = 20000;
  const LONGEST = 180000;
  const parts = () => [...document.querySelectorAll("[data-refresh]")];
  if (!parts().length) return;
  let pause = EVERY;
  let timer = 0;

  const busy = (part) => {
    const active = document.activeElement;
    if (part.contains(active) && active.matches("input, textarea, select, [contenteditable]")) return true;
    if ([...part.querySelectorAll("input:not([type=hidden]), textarea, select")].some(typed)) return true;
    const chosen = window.getSelection();
    return Boolean(chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode));
  };
  const typed = (field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.value)
      : field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue;

  // What has the focus, in words that still mean something in the new text.
  const address = (active) => {
    if (active.id) return `#${CSS.escape(active.id)}`;
    if (active.matches("a[href]")) return `a[href="${CSS.escape(active.getAttribute("href"))}"]`;
    const around = active.closest("[id]");
    const kind = active.matches("summary") ? "summary" : "button";
    return around ? `#${CSS.escape(around.id)} ${kind}` : null;
  };

  const tidy = (html) => html.replace(/name="csrf_token" value="[^"]*"/g, "");

  function swap(part, fresh) {
    if (tidy(part.innerHTML) === tidy(fresh.innerHTML) || part.dataset.last === tidy(fresh.innerHTML) || busy(part)) return;
    const active = part.contains(document.activeElement) ? address(document.activeElement) : null;
    const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
    const frames = [...part.querySelectorAll("[data-keep-scroll]")].map((one) => [one.scrollLeft, one.scrollTop]);
    part.dataset.last = tidy(fresh.innerHTML);
    part.replaceChildren(...fresh.childNodes);
    for (const id of open) {
      const fold = document.getElementById(id);
      if (fold) fold.open = true;
    }
    [...part.querySelectorAll("[data-keep-scroll]")].forEach((one, index) => frames[index] && one.scrollTo(...frames[index]));
    if (active) part.querySelector(active)?.focus({ preventScroll: true });
  }

  async function look() {
    if (document.visibilityState === "hidden") return;
    try {
      const response = await fetch(location.href, { headers: { "X-Refresh": "1" }, redirect: "error" });
      if (!response.ok) throw new Error(String(response.status));
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of parts()) {
        const twin = fresh.querySelector(`[data-refresh="${part.dataset.refresh}"]`);
        if (twin) swap(part, twin);
      }
      document.title = fresh.title;
      const heading = document.querySelector("main h1");
      const renamed = fresh.querySelector("main h1");
      if (heading && renamed && heading.textContent !== renamed.textContent) heading.textContent = renamed.textContent;
      const tabs = document.querySelectorAll(".rail .count, .tab-count");
      const news = fresh.querySelectorAll(".rail .count, .tab-count");
      if (tabs.length === news.length) tabs.forEach((tab, index) => (tab.textContent = news[index].textContent));
      pause = EVERY;
    } catch {
      pause = Math.min(pause * 2, LONGEST);
    }
  }

  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      await look();
      again();
    }, pause);
  };
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible") return;
    await look();
    again();
  });
  again();
})();
