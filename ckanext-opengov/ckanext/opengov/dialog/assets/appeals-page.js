// Buttons that need a script: copying, printing, sharing. They are hidden until it runs.
(function () {
  "use strict";

  async function copy(button, text) {
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.copied;
    button.setAttribute("aria-live", "polite");
  }

  async function share(button) {
    const { opengovShare: url, shareTitle: title } = button.dataset;
    if (navigator.share) {
      await navigator.share({ url, title }).catch(() => undefined);
      return;
    }
    await copy(button, url);
  }

  document.querySelectorAll("[data-opengov-deeds]").forEach((place) => (place.hidden = false));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.opengovCopy) {
      copy(button, button.dataset.opengovCopy);
    } else if (button?.dataset.opengovShare) {
      share(button);
    } else if (button && "opengovPrint" in button.dataset) {
      window.print();
    }
  });
})();
