// The grid: paste from a spreadsheet, go by keys, see at once what is wrong, let proposals be put in.
// Without it the cells are plain fields of a form that is checked when it is sent.
(function () {
  "use strict";

  const WAIT = 500;
  const MOST = 1000;
  const form = document.querySelector("[data-og-grid]");
  if (!form) {
    return;
  }
  const body = form.querySelector("tbody");
  const state = form.querySelector("[data-og-state]");
  const texts = form.dataset;
  const agency = form.elements.agency;
  const fixes = new Map(
    JSON.parse(form.elements.fixes.value || "[]").map((fix) => [`${fix.field}\n${fix.from}`, fix])
  );
  const blank = body.querySelector('tr[data-there=""]').cloneNode(true);
  // What the reader refused of what was put in by itself.
  const refused = new Set();
  let timer = 0;
  let asked = 0;

  const rows = () => Array.from(body.rows);
  const cells = (row) => Array.from(row.querySelectorAll("input[data-field]"));
  const valuesOf = (row) => Object.fromEntries(cells(row).map((cell) => [cell.dataset.field, cell.value]));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

  function number(row, place) {
    row.querySelector("th").firstChild.textContent = place;
    row.querySelectorAll("input[name]").forEach((input) => {
      input.name = input.name.replace(/^(\w+)-\d+/, `$1-${place}`);
    });
    cells(row).forEach((cell) => {
      const label = cell.closest("td").dataset.label;
      cell.setAttribute("aria-label", `${label}, ${fill(texts.row, { number: place })}`);
    });
  }

  function addRow() {
    const row = blank.cloneNode(true);
    cells(row).forEach((cell) => (cell.value = ""));
    body.append(row);
    number(row, body.rows.length);
    return row;
  }

  // --- by keys

  function go(cell, down) {
    const row = cell.closest("tr");
    const place = cells(row).indexOf(cell);
    const target = down ? row.nextElementSibling || addRow() : row.previousElementSibling;
    if (target) {
      cells(target)[place].focus();
      cells(target)[place].select();
    }
  }

  body.addEventListener("keydown", (event) => {
    const cell = event.target.closest("input[data-field]");
    if (!cell || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    // A list that is open takes the arrows.
    const moves = { ArrowDown: !cell.list, ArrowUp: !cell.list, Enter: true };
    if (moves[event.key]) {
      event.preventDefault();
      go(cell, event.key !== "ArrowUp" && !event.shiftKey);
    }
  });

  // --- pasted cells

  function parse(text) {
    const found = [[""]];
    let quoted = false;
    for (let place = 0; place < text.length; place += 1) {
      const letter = text[place];
      const row = found[found.length - 1];
      const last = row.length - 1;
      if (quoted) {
        if (letter === '"' && text[place + 1] === '"') {
          row[last] += '"';
          place += 1;
        } else if (letter === '"') {
          quoted = false;
        } else {
          row[last] += letter;
        }
      } else if (letter === '"' && row[last] === "") {
        quoted = true;
      } else if (letter === "\t") {
        row.push("");
      } else if (letter === "\n") {
        found.push([""]);
      } else if (letter !== "\r") {
        row[last] += letter;
      }
    }
    if (found[found.length - 1].join("") === "") {
      found.pop();
    }
    return found;
  }

  body.addEventListener("paste", (event) => {
    const cell = event.target.closest("input[data-field]");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!cell || !/[\t\n]/.test(text.trim())) {
      return;
    }
    event.preventDefault();
    const pasted = parse(text);
    const first = rows().indexOf(cell.closest("tr"));
    const column = cells(cell.closest("tr")).indexOf(cell);
    if (first + pasted.length > MOST) {
      state.textContent = fill(texts.most, { number: MOST });
      return;
    }
    pasted.forEach((values, place) => {
      const row = body.rows[first + place] || addRow();
      values.forEach((value, offset) => {
        const target = cells(row)[column + offset];
        if (target && !target.readOnly) {
          target.value = value.replace(/\n/g, " ").trim();
        }
      });
    });
    check();
  });

  // --- what is wrong

  function clear(cell) {
    cell.removeAttribute("aria-invalid");
    cell.setAttribute("aria-describedby", `about-${cell.dataset.field}`);
    cell.classList.remove("is-mended");
    cell.closest("td").querySelectorAll(".og-grid__why").forEach((note) => note.remove());
  }

  function note(cell, text, kind) {
    const line = document.createElement("span");
    line.className = `og-grid__why${kind ? ` og-grid__why--${kind}` : ""}`;
    line.id = `why-${cell.name}`;
    line.append(text);
    cell.setAttribute("aria-describedby", `about-${cell.dataset.field} ${line.id}`);
    cell.closest("td").append(line);
    return line;
  }

  function button(text, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", press);
    return made;
  }

  function remember(cell, from, to) {
    fixes.set(`${cell.dataset.field}\n${from}`, { field: cell.dataset.field, from, to });
    form.elements.fixes.value = JSON.stringify(Array.from(fixes.values()));
  }

  function tellWrong(cell, problem) {
    cell.setAttribute("aria-invalid", "true");
    const line = note(cell, problem.message);
    if (problem.suggestion) {
      line.append(
        button(fill(texts.use, { value: problem.suggestion }), () => {
          remember(cell, cell.value, problem.suggestion);
          cell.value = problem.suggestion;
          cell.focus();
          check();
        })
      );
    }
  }

  function tellMended(cell, one) {
    cell.value = one.to;
    cell.classList.add("is-mended");
    const line = note(cell, fill(texts.mended, one), "mended");
    line.append(
      button(texts.undo, () => {
        refused.add(`${cell.dataset.field}\n${one.from}`);
        cell.value = one.from;
        cell.focus();
        check();
      })
    );
  }

  function show(report) {
    const all = rows();
    all.forEach((row) => cells(row).forEach(clear));
    const find = (one) =>
      all[one.row - 1] && all[one.row - 1].querySelector(`input[data-field="${CSS.escape(one.field)}"]`);
    report.mended.forEach((one) => {
      const cell = find(one);
      if (cell && !refused.has(`${one.field}\n${one.from}`)) {
        tellMended(cell, one);
      }
    });
    const told = new Set();
    report.problems.forEach((one) => {
      const cell = one.row && one.field ? find(one) : null;
      if (cell && !told.has(cell)) {
        told.add(cell);
        tellWrong(cell, one);
      }
    });
    const blankSheet = report.rows === 0;
    state.textContent = report.ok ? texts.right : blankSheet ? "" : fill(texts.wrong, { number: report.count });
  }

  async function ask(turn) {
    const sent = rows().map((row) => (row.querySelector("input[name^=delete]:checked") ? {} : valuesOf(row)));
    state.textContent = texts.checking;
    const headers = { "Content-Type": "application/json" };
    const token = form.querySelector("input[name='_csrf_token']");
    if (token) {
      headers["X-CSRFToken"] = token.value;
    }
    try {
      const content = JSON.stringify({ rows: sent, agency: agency ? agency.value : "" });
      const answer = await fetch(texts.check, { method: "POST", headers, body: content });
      const report = answer.ok ? await answer.json() : null;
      if (turn !== asked) {
        return;
      }
      if (report) {
        show(report);
      } else {
        state.textContent = texts.lost;
      }
    } catch {
      state.textContent = texts.lost;
    }
  }

  function check() {
    asked += 1;
    const turn = asked;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => ask(turn), WAIT);
  }

  body.addEventListener("change", check);

  // One field instead of thousands: a form has a limit of them.
  form.addEventListener("submit", () => {
    const sent = rows().map((row) => ({
      values: valuesOf(row),
      there: Boolean(row.dataset.there),
      deleted: Boolean(row.querySelector("input[name^=delete]:checked")),
    }));
    form.elements.rows.disabled = false;
    form.elements.rows.value = JSON.stringify(sent);
    body.querySelectorAll("input[name]").forEach((input) => (input.disabled = true));
  });
})();
