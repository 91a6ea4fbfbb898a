// Buttons, keys and the three views of a narrow window.

export function toolbar({ modeler, actions }) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-action]");
    if (!button || button.disabled) return;
    button.closest("details[open]")?.removeAttribute("open");
    actions[button.dataset.action]?.();
  });

  // The search field closes on any click elsewhere and on Enter: it opens once the click or the key is over.
  let enter = false;
  document.addEventListener("keydown", (event) => (enter = event.key === "Enter"), true);
  document.addEventListener("keyup", () => (enter = false));
  const find = () => setTimeout(() => modeler.get("editorActions").trigger("find"));
  actions.find = () => (enter ? document.addEventListener("keyup", find, { once: true }) : find());

  const stack = modeler.get("commandStack");
  const enable = () => {
    document.querySelector('[data-action="undo"]').disabled = !stack.canUndo();
    document.querySelector('[data-action="redo"]').disabled = !stack.canRedo();
  };
  modeler.on(["commandStack.changed", "import.done"], enable);
  enable();

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], dialog");
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === "s") {
      event.preventDefault();
      if (typing) event.target.blur();
      actions.save();
    } else if (command && key === "f" && !typing && !event.defaultPrevented && !event.target.closest?.(".djs-container")) {
      event.preventDefault();
      actions.find();
    } else if (key === "?" && !typing && !command) actions.shortcuts();
    else if (key === "1" && event.shiftKey && command) {
      event.preventDefault();
      actions.fit();
    }
  });

  views();
}

/** On a narrow window one of diagram, properties and problems is shown; on a wide one the problems can be folded. */
function views() {
  const body = document.body;
  const buttons = document.querySelectorAll("[data-view]");
  const show = (view) => {
    body.dataset.shown = view;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    if (view === "problems") fold(false);
  };
  const toggle = document.querySelector("[data-fold]");
  const fold = (folded) => {
    body.classList.toggle("problems-folded", folded);
    toggle.setAttribute("aria-expanded", String(!folded));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.view));
  toggle.addEventListener("click", () => fold(toggle.getAttribute("aria-expanded") === "true"));
  document.addEventListener("view:show", (event) => show(event.detail.view));
  document.addEventListener("problems:drawn", ({ detail }) => {
    for (const node of document.querySelectorAll('[data-fill="problem-count"]')) node.textContent = detail.errors + detail.warnings || "";
  });
  show("canvas");
  const palette = document.querySelector("[data-palette]");
  palette.addEventListener("click", () => palette.setAttribute("aria-expanded", String(body.classList.toggle("palette-open"))));
}
