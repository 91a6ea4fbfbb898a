// Small comforts on every page. Everything works without them.
"use strict";

(() => {
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  // htmx posts carry the form token
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });

  // menus close on Escape and on a click elsewhere; only one is open
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // one click sends once; the button is freed again when the page comes back from the history
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post" || form.dataset.sent === "yes") {
      if (form.dataset.sent === "yes") event.preventDefault();
      return;
    }
    if (![...form.attributes].some((a) => a.name.startsWith("hx-"))) form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // problems come into view first
  document.querySelector("[data-focus]")?.focus();

  // Ctrl+K goes to the search
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const search = document.getElementById("site-search");
    if (!search || search.offsetParent === null) return;
    event.preventDefault();
    search.focus();
  });
})();
