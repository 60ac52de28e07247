// The list of tasks by keyboard. Without it, the same form works by ticking and pressing its buttons.
(function () {
  "use strict";

  const form = document.getElementById("og-tasks");
  const all = document.getElementById("og-tasks-all");
  if (!form || !all) {
    return;
  }
  const rows = Array.from(form.querySelectorAll("tbody tr"));
  const ticks = Array.from(form.querySelectorAll("input[name=ids]"));
  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const tickOf = (row) => row?.querySelector("input[name=ids]");

  function go(step) {
    const row = rows[Math.min(Math.max(here() + step, 0), rows.length - 1)];
    row.querySelector("th a").focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function tickAll() {
    // What is ticked in part becomes ticked in whole.
    const on = !ticks.every((tick) => tick.checked);
    ticks.forEach((tick) => (tick.checked = on));
    all.checked = on;
  }

  function tickHere() {
    const tick = tickOf(rows[here()]);
    if (tick) {
      tick.checked = !tick.checked;
    }
  }

  // By the place of the key, so that it works with the Kazakh and Russian layout as well.
  const keys = { KeyJ: () => go(1), KeyK: () => go(-1), KeyX: tickHere, KeyA: tickAll };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    const deed = keys[event.code];
    if (!deed || typing || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    deed();
  });

  all.closest("label").hidden = false;
  form.querySelector(".og-keys").hidden = false;
  all.addEventListener("change", tickAll);
})();
