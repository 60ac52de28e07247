// The moderators' queue by keyboard. Without it, the same form works by ticking and pressing its buttons.
(function () {
  "use strict";

  const form = document.getElementById("og-queue");
  if (!form) {
    return;
  }
  const ticks = Array.from(form.querySelectorAll("input[name=ids]"));
  const items = ticks.map((tick) => tick.closest("li"));
  const all = document.getElementById("og-queue-all");

  const here = () => items.findIndex((item) => item.contains(document.activeElement));

  function go(step) {
    const next = Math.min(Math.max(here() + step, 0), ticks.length - 1);
    ticks[next].focus();
    items[next].scrollIntoView({ block: "nearest" });
  }

  function tickAll() {
    // The state before decides: what is ticked in part becomes ticked in whole.
    const on = !ticks.every((tick) => tick.checked);
    ticks.forEach((tick) => (tick.checked = on));
    all.checked = on;
  }

  function submit(key) {
    // Without a tick, the comment that one stands on is meant.
    if (!ticks.some((tick) => tick.checked) && here() >= 0) {
      ticks[here()].checked = true;
    }
    const button = form.querySelector(`[data-key=${key}]`);
    if (button && ticks.some((tick) => tick.checked)) {
      form.requestSubmit(button);
    }
  }

  function toReason() {
    if (!ticks.some((tick) => tick.checked) && here() >= 0) {
      ticks[here()].checked = true;
    }
    document.getElementById("og-reason").focus();
  }

  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => here() >= 0 && (ticks[here()].checked = !ticks[here()].checked),
    a: tickAll,
    p: () => submit("p"),
    h: toReason,
    s: () => submit("s"),
  };
  // By the place of the key, so that it works with the Kazakh and Russian layout as well.
  const places = { KeyJ: "j", KeyK: "k", KeyX: "x", KeyA: "a", KeyP: "p", KeyH: "h", KeyS: "s" };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    const key = places[event.code];
    if (!key || typing || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    keys[key]();
  });

  all.hidden = false;
  all.nextElementSibling.hidden = false;
  all.addEventListener("change", tickAll);
})();
