// All or none of a list of checkboxes. Without it each is ticked by hand.
"use strict";

for (const bar of document.querySelectorAll("[data-choose-all]")) {
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-choose]")?.dataset.choose;
    if (!wanted) return;
    for (const box of bar.parentElement.querySelectorAll('input[type="checkbox"]')) box.checked = wanted === "all";
  });
}
