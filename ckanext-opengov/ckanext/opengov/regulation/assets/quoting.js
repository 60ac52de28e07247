// Comment on words that were marked in the text: a button at the marked words leads to the form with the quote in it.
// And a proposal shows the field for the wanted wording. Without this script both are done by hand.
(() => {
  "use strict";

  const LONGEST = 2000;

  const quoting = (text) => {
    const button = document.createElement("a");
    button.className = "btn btn-primary og-act-quote";
    button.textContent = text.dataset.words;
    button.hidden = true;
    document.body.append(button);

    const marked = () => {
      const selection = window.getSelection();
      const words = selection.toString().trim();
      if (!words || words.length > LONGEST || selection.rangeCount === 0) return null;
      const range = selection.getRangeAt(0);
      const node = range.commonAncestorContainer;
      const holder = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("[data-part-text]");
      return holder && text.contains(holder) ? { words, range, holder } : null;
    };

    const place = () => {
      const found = marked();
      button.hidden = !found;
      if (!found) return;
      const box = found.range.getBoundingClientRect();
      const part = found.holder.closest("[data-eid]").dataset.eid;
      const query = new URLSearchParams({ quote: found.words, language: text.dataset.language });
      button.href = `${text.dataset.open}/part/${encodeURIComponent(part)}?${query}#og-write`;
      const left = Math.min(box.left + window.scrollX, document.documentElement.clientWidth - button.offsetWidth - 16);
      button.style.left = `${Math.max(left, 8)}px`;
      button.style.top = `${box.bottom + window.scrollY + 8}px`;
    };

    document.addEventListener("selectionchange", () => window.requestAnimationFrame(place));
  };

  const wording = (form) => {
    const field = form.querySelector("[data-wording]");
    const show = () => {
      field.hidden = form.elements.kind.value !== "proposal";
    };
    form.addEventListener("change", show);
    show();
  };

  const text = document.querySelector("[data-opengov-act][data-open]");
  if (text) quoting(text);
  document.querySelectorAll("[data-opengov-remark]").forEach(wording);
})();
