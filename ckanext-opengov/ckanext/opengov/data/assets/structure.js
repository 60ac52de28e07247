// Adds a blank field to the form of a structure without asking the server. Without it the same button does so.
(function () {
  "use strict";

  const room = document.querySelector("[data-og-fields]");
  const more = document.querySelector("[data-og-more]");
  if (!room || !more) {
    return;
  }

  function renumber(field, number) {
    field.querySelector("[data-og-number]").textContent = number + 1;
    field.querySelectorAll("[name], [for], [id]").forEach((element) => {
      ["name", "for", "id"].forEach((attribute) => {
        const value = element.getAttribute(attribute);
        if (value) {
          element.setAttribute(attribute, value.replace(/-\d+$/, `-${number}`));
        }
      });
    });
  }

  more.addEventListener("click", (event) => {
    event.preventDefault();
    const fields = room.querySelectorAll("[data-og-field]");
    const field = fields[fields.length - 1].cloneNode(true);
    renumber(field, fields.length);
    field.querySelectorAll("input, textarea").forEach((input) => {
      if (input.type === "checkbox") {
        input.checked = false;
      } else {
        input.value = "";
      }
    });
    field.querySelectorAll("select").forEach((select) => (select.selectedIndex = 0));
    field.querySelectorAll("details").forEach((details) => (details.open = false));
    room.append(field);
    field.querySelector("input").focus();
  });
})();
