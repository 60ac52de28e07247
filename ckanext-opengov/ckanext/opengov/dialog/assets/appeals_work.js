// What an officer's forms do beyond plain HTML: more rows of links, and the place to which the page comes back.
(function () {
  "use strict";

  document.querySelectorAll("[data-og-rows]").forEach((rows) => {
    const button = rows.querySelector("[data-og-more]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const all = rows.querySelectorAll(".og-work-links__row");
      const row = all[all.length - 1].cloneNode(true);
      row.querySelectorAll("input").forEach((field) => {
        const id = field.id.replace(/\d+$/, String(all.length + 1));
        const label = row.querySelector(`label[for="${field.id}"]`);
        label.htmlFor = id;
        label.textContent = label.textContent.replace(/\d+/, String(all.length + 1));
        field.id = id;
        field.value = "";
        field.removeAttribute("aria-invalid");
      });
      button.before(row);
      row.querySelector("input").focus();
    });
  });

  document.querySelector("[data-og-focus]")?.scrollIntoView();
})();
