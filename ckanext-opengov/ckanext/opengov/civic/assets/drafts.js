// Keeps what is typed into a form with data-opengov-draft until the form is sent. Without it the form works as ever.
(function () {
  "use strict";

  const WAIT = 1500;
  const LEFT_OUT = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);
  // A form whose tag another template writes says it by an element inside.
  document.querySelectorAll("[data-opengov-draft]:not(form)").forEach((mark) => {
    Object.assign(mark.closest("form").dataset, mark.dataset);
  });
  const forms = Array.from(document.querySelectorAll("form[data-opengov-draft]"));

  // The portal's clock, as on all its pages, whatever the machine's.
  function clock(form, moment) {
    const language = document.documentElement.lang;
    const style = { dateStyle: "short", timeStyle: "short", timeZone: form.dataset.draftZone };
    return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, style).format(moment);
  }

  const fieldsOf = (form) =>
    Array.from(form.elements).filter((field) => field.name && !LEFT_OUT.has(field.type) && field.tagName !== "BUTTON");

  function values(form) {
    const found = {};
    fieldsOf(form).forEach((field) => {
      const list = (found[field.name] = found[field.name] || []);
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) {
          list.push(field.value);
        }
      } else if (field.type === "select-multiple") {
        list.push(...Array.from(field.selectedOptions, (option) => option.value));
      } else {
        list.push(field.value);
      }
    });
    return found;
  }

  function fill(form, data) {
    const left = Object.fromEntries(Object.entries(data).map(([name, list]) => [name, Array.from(list)]));
    fieldsOf(form).forEach((field) => {
      const list = left[field.name];
      if (!list) {
        return;
      }
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = list.includes(field.value);
      } else if (field.type === "select-multiple") {
        Array.from(field.options).forEach((option) => (option.selected = list.includes(option.value)));
      } else if (list.length) {
        field.value = list.shift();
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  function call(form, deed, data, signal) {
    const token = form.querySelector("input[name='_csrf_token']");
    const headers = { "Content-Type": "application/json" };
    if (token) {
      headers["X-CSRFToken"] = token.value;
    }
    const body = JSON.stringify({ form_key: form.dataset.opengovDraft, ...data });
    return fetch(form.dataset.draftApi + deed, { method: "POST", headers, body, signal });
  }

  function lineOf(form) {
    const line = document.createElement("p");
    line.className = "og-draft-line";
    line.setAttribute("role", "status");
    form.prepend(line);
    return line;
  }

  async function restore(form, line, before) {
    const answer = await call(form, "show", {});
    const { draft } = answer.ok ? (await answer.json()).result : { draft: null };
    // Whoever began to type meanwhile keeps what they typed.
    if (!draft || JSON.stringify(values(form)) !== before) {
      return Promise.reject(new Error("nothing to restore"));
    }
    fill(form, draft.data);
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "btn btn-sm btn-secondary";
    discard.textContent = form.dataset.draftDiscard;
    discard.addEventListener("click", async () => {
      await call(form, "delete", {});
      form.reset();
      fill(form, JSON.parse(before));
      line.replaceChildren();
      fieldsOf(form)[0]?.focus();
    });
    line.replaceChildren(form.dataset.draftRestored.replace("{time}", clock(form, new Date(draft.saved_at))), " ", discard);
    return undefined;
  }

  function watch(form) {
    const line = lineOf(form);
    const empty = JSON.stringify(values(form));
    let timer;
    let running;
    let saved = empty;

    const remember = () => (saved = JSON.stringify(values(form)));
    // A draft that was discarded may be typed anew.
    form.addEventListener("reset", () => (saved = empty));

    async function save() {
      const data = values(form);
      const now = JSON.stringify(data);
      if (now === saved) {
        return;
      }
      saved = now;
      const { draftTitle, draftUrl, draftEntityType, draftEntityId } = form.dataset;
      const about = { title: draftTitle, url: draftUrl };
      if (draftEntityType) {
        Object.assign(about, { entity_type: draftEntityType, entity_id: draftEntityId });
      }
      running = new AbortController();
      const answer = await call(form, "save", { data, ...about }, running.signal).catch((error) => error);
      if (answer.name === "AbortError") {
        return;
      }
      saved = answer.ok ? saved : "";
      line.textContent = answer.ok
        ? form.dataset.draftSaved.replace("{time}", clock(form, new Date()))
        : form.dataset.draftFailed;
    }

    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, WAIT);
    });
    // The server forgets the draft when it takes the form.
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      running?.abort();
      if (!form.elements.opengov_draft) {
        const key = Object.assign(document.createElement("input"), { type: "hidden", name: "opengov_draft" });
        key.value = form.dataset.opengovDraft;
        form.append(key);
      }
    });
    // A form that comes back with its errors holds what was typed already.
    if (!form.querySelector("[aria-invalid='true'], .error, .error-explanation")) {
      restore(form, line, empty).then(remember, () => undefined);
    }
  }

  forms.forEach(watch);
})();
