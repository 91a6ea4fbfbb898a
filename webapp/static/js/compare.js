// Two pictures side by side: they scroll together, and begin where the first difference is.
"use strict";

(() => {
  const frames = [...document.querySelectorAll(".side-by-side .diagram-frame")];
  let led = null;

  const follow = (leader) => {
    if (led && led !== leader) return;
    led = leader;
    for (const frame of frames) {
      if (frame !== leader) frame.scrollTo(leader.scrollLeft, leader.scrollTop);
    }
    clearTimeout(follow.timer);
    follow.timer = setTimeout(() => { led = null; }, 120);
  };

  const show = (mark) => {
    const frame = mark.closest(".diagram-frame");
    const [inner, outer] = [mark.getBoundingClientRect(), frame.getBoundingClientRect()];
    frame.scrollBy(
      inner.left + inner.width / 2 - outer.left - outer.width / 2,
      inner.top + inner.height / 2 - outer.top - outer.height / 2,
    );
  };

  frames.forEach((frame) => frame.addEventListener("scroll", () => follow(frame), { passive: true }));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.change-link");
    const mark = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (mark) requestAnimationFrame(() => show(mark));
  });
  const first = document.querySelector(".side-by-side .difference");
  if (first && !location.hash) show(first);
})();
