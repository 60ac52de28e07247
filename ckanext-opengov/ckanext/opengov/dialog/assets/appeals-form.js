// The form of an appeal: what was answered already about what is being typed, an agency by some letters of its name,
// the length of the text, and what a visitor typed before signing in. Without it the form works as ever.
(function () {
  "use strict";

  const WAIT = 900;
  const ENOUGH = 15;
  const KEPT = "opengov-appeal";

  // --- similar appeals while one types

  function watchAlike(form) {
    const place = form.querySelector("[data-opengov-alike]");
    const fields = ["subject", "text"].map((name) => form.elements[name]);
    let timer;
    let running;
    let asked = "";

    async function look() {
      const [subject, text] = fields.map((field) => field.value.trim());
      const now = `${subject}\n${text}`;
      if (now === asked || now.trim().length < ENOUGH) {
        return;
      }
      asked = now;
      running?.abort();
      running = new AbortController();
      const body = new FormData();
      const token = form.querySelector("input[name='_csrf_token']");
      if (token) {
        body.append("_csrf_token", token.value);
      }
      body.append("subject", subject);
      body.append("text", text.slice(0, 4000));
      const order = { method: "POST", body, signal: running.signal };
      const answer = await fetch(form.dataset.similar, order).catch(() => null);
      if (answer?.ok) {
        place.innerHTML = await answer.text();
        showButtons(place);
      }
    }

    fields.forEach((field) => {
      field.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(look, WAIT);
      });
      // A draft that comes back says so by this.
      field.addEventListener("change", () => {
        clearTimeout(timer);
        timer = setTimeout(look, 100);
      });
    });
    showButtons(place);
    // Without leaving the page, which would lose the chosen files.
    form.querySelector("[data-opengov-check]").addEventListener("click", (event) => {
      event.preventDefault();
      asked = "";
      look();
    });
    place.addEventListener("click", (event) => {
      const button = event.target.closest("[data-opengov-choose]");
      if (!button) {
        return;
      }
      const select = form.elements.agency;
      select.value = button.dataset.opengovChoose;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      select.dispatchEvent(new Event("input", { bubbles: true }));
      (form.querySelector("[role='combobox']") || select).focus();
    });
  }

  function showButtons(place) {
    place.querySelectorAll("[data-opengov-choose]").forEach((button) => (button.hidden = false));
  }

  // --- an agency by some letters of its name (the combobox of the ARIA practices); the select keeps the value

  function combobox(box) {
    const select = box.querySelector("select");
    const options = Array.from(select.options).filter((option) => option.value);
    const input = document.createElement("input");
    const list = document.createElement("ul");
    let active = -1;

    list.id = `${select.id}-list`;
    list.className = "og-combobox__list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.closest(".form-group").querySelector("label").textContent);
    list.hidden = true;
    const attributes = {
      type: "text",
      role: "combobox",
      class: "form-control",
      autocomplete: "off",
      placeholder: box.dataset.hint,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": list.id,
    };
    Object.entries(attributes).forEach(([name, value]) => input.setAttribute(name, value));
    ["aria-describedby", "aria-invalid"].forEach((name) => {
      if (select.hasAttribute(name)) {
        input.setAttribute(name, select.getAttribute(name));
      }
    });
    input.id = select.id;
    select.id = `${input.id}-select`;
    select.hidden = true;
    box.classList.add("og-combobox");
    box.append(input, list);

    const shown = () => (select.selectedOptions[0]?.value ? select.selectedOptions[0].textContent : "");
    const found = () => Array.from(list.querySelectorAll("[role='option']"));

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function open() {
      const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      const fits = (option) => words.every((word) => option.textContent.toLocaleLowerCase().includes(word));
      const whole = input.value === shown();
      const items = (whole ? options : options.filter(fits)).map((option, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.dataset.value = option.value;
        item.textContent = option.textContent;
        item.setAttribute("aria-selected", "false");
        return item;
      });
      if (!items.length) {
        const none = document.createElement("li");
        none.textContent = box.dataset.none;
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.setAttribute("aria-selected", "false");
        items.push(none);
      }
      list.replaceChildren(...items);
      list.hidden = false;
      active = -1;
      input.setAttribute("aria-expanded", "true");
    }

    function mark(index) {
      const items = found();
      active = (index + items.length) % items.length;
      items.forEach((item, place) => item.setAttribute("aria-selected", String(place === active)));
      input.setAttribute("aria-activedescendant", items[active].id);
      items[active].scrollIntoView({ block: "nearest" });
    }

    function choose(item) {
      if (item?.dataset.value) {
        select.value = item.dataset.value;
        input.value = shown();
        select.dispatchEvent(new Event("input", { bubbles: true }));
      }
      close();
    }

    const keys = {
      ArrowDown: () => (list.hidden ? open() : mark(active + 1)),
      ArrowUp: () => (list.hidden ? open() : mark(active - 1)),
      Enter: () => choose(found()[active]),
      Escape: () => {
        input.value = shown();
        close();
      },
    };
    input.addEventListener("keydown", (event) => {
      const open_ = !list.hidden;
      if (keys[event.key] && (open_ || event.key.startsWith("Arrow"))) {
        event.preventDefault();
        keys[event.key]();
      }
    });
    input.addEventListener("input", () => {
      select.value = "";
      open();
    });
    input.addEventListener("click", open);
    input.addEventListener("blur", () => {
      // One agency that fits is meant.
      const items = found().filter((item) => item.dataset.value);
      if (!list.hidden && input.value && !select.value && items.length === 1) {
        choose(items[0]);
      }
      input.value = shown();
      close();
    });
    // Before the input loses the focus.
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(event.target.closest("[data-value]"));
    });
    select.addEventListener("change", () => (input.value = shown()));
    input.value = shown();
  }

  // --- how long the text may still be

  function count(field) {
    const place = document.querySelector("[data-opengov-count]");
    const most = Number(field.dataset.opengovMost);
    const numbers = new Intl.NumberFormat(document.documentElement.lang);
    const tell = () => {
      const left = most - field.value.length;
      const near = left < most / 10;
      const text = left < 0 ? field.dataset.opengovOver : field.dataset.opengovLeft;
      place.textContent = near ? text.replace("{number}", numbers.format(Math.abs(left))) : "";
      place.classList.toggle("og-over", left < 0);
    };
    ["input", "change"].forEach((name) => field.addEventListener(name, tell));
    tell();
  }

  // --- what a visitor types is kept in this tab until they are back from signing in

  const NAMES = ["subject", "text", "agency", "kind", "topic", "region", "language", "public", "author_name"];

  function keep(form) {
    form.addEventListener("input", () => {
      const data = new FormData(form);
      const values = Object.fromEntries(NAMES.map((name) => [name, data.get(name) || ""]));
      try {
        sessionStorage.setItem(KEPT, JSON.stringify(values));
      } catch {
        // A full or forbidden store: the form itself still holds the text.
      }
    });
  }

  function take(form) {
    let values;
    try {
      values = JSON.parse(sessionStorage.getItem(KEPT) || "null");
      sessionStorage.removeItem(KEPT);
    } catch {
      return;
    }
    if (!values || !(values.text || values.subject) || form.elements.text.value || form.elements.subject.value) {
      return;
    }
    NAMES.forEach((name) => {
      const field = form.elements[name];
      if (field && values[name]) {
        field.value = values[name];
        const single = field instanceof RadioNodeList ? field[0] : field;
        single.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    const line = document.createElement("p");
    line.className = "og-note";
    line.setAttribute("role", "status");
    line.textContent = form.dataset.kept;
    form.before(line);
    // So that it becomes a draft, too.
    form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.querySelectorAll("[data-opengov-combobox]").forEach(combobox);
  document.querySelectorAll("form[data-opengov-appeal]").forEach((form) => {
    watchAlike(form);
    count(form.elements.text);
    (form.dataset.opengovKeep === "save" ? keep : take)(form);
  });
  document.querySelector("#og-summary")?.focus();
})();
