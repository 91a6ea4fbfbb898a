// Fields of the builder moved by their handle, with a mouse or a finger. The buttons do the same for the keyboard.
"use strict";

(() => {
  const { root, form, post } = window.alurBuilder ?? {};
  if (!root) return;

  let dragged = null; // {row, target, x, y, moved}: the field, where it would go, where the pointer is
  const EDGE = 96; // near the upper or lower edge the page moves along, as long as the pointer stays there

  const place = (row) => row.dataset.place.split(".").map(Number);
  const inside = (row, other) => row.contains(other);

  // Where a field would go if it were let go here: {at, line} with the row and the side of it that shows the line.
  function aim(x, y) {
    const under = document.elementFromPoint(x, y)?.closest("[data-place], [data-empty]");
    if (!under || !form.contains(under) || inside(dragged.row, under)) return null;
    if (under.matches("[data-empty]")) return { at: `${under.dataset.empty}.0`, row: under, side: "in" };
    const box = under.querySelector(":scope > .part-head").getBoundingClientRect();
    const before = y < box.top + box.height / 2;
    const path = place(under);
    if (before) return { at: path.join("."), row: under, side: "before" };
    if ("holds" in under.dataset && under.querySelector(":scope > .part-list > [data-place]")) return { at: [...path, 0].join("."), row: under.querySelector(":scope > .part-list > [data-place]"), side: "before" };
    path[path.length - 1] += 1;
    return { at: path.join("."), row: under, side: "after" };
  }

  const unmark = () => {
    for (const row of form.querySelectorAll("[data-drop-side]")) delete row.dataset.dropSide;
  };

  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    dragged = { row: grip.closest("[data-place]"), target: null, x: event.clientX, y: event.clientY, moved: false };
    dragged.row.classList.add("is-dragged");
    requestAnimationFrame(along);
  });

  function along() {
    if (!dragged) return;
    const by = dragged.y < EDGE + 32 ? -8 : dragged.y > window.innerHeight - EDGE ? 8 : 0;
    if (by && dragged.moved) {
      window.scrollBy(0, by);
      point();
    }
    requestAnimationFrame(along);
  }

  function point() {
    unmark();
    dragged.target = aim(dragged.x, dragged.y);
    if (dragged.target) dragged.target.row.dataset.dropSide = dragged.target.side;
  }

  form.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    dragged.moved ||= Math.abs(event.clientY - dragged.y) > 4;
    dragged.x = event.clientX;
    dragged.y = event.clientY;
    point();
  });

  function end(taken) {
    if (!dragged) return;
    const { row, target } = dragged;
    row.classList.remove("is-dragged");
    unmark();
    dragged = null;
    if (taken && target) post({ name: "_move", value: `${row.dataset.place}:${target.at}` });
  }

  form.addEventListener("pointerup", () => end(true));
  form.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(false));
})();
