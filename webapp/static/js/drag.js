// Fields of the builder moved by their handle, with a mouse or a finger. The buttons do the same for the keyboard.
"use strict";

(() => {
  const { root, form, post } = window.alurBuilder ?? {};
  if (!root) return;

  let dragged = null; // {row, from, target, started}

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
    dragged = { row: grip.closest("[data-place]"), grip, target: null };
    dragged.row.classList.add("is-dragged");
  });

  form.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const edge = 72;
    if (event.clientY < edge + 56) window.scrollBy(0, -12);
    else if (event.clientY > window.innerHeight - edge) window.scrollBy(0, 12);
    unmark();
    dragged.target = aim(event.clientX, event.clientY);
    if (dragged.target) dragged.target.row.dataset.dropSide = dragged.target.side;
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
