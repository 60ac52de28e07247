// The front answers most visitors from its cache, so the page itself says that it was seen. Nothing else is sent.
const place = document.querySelector("[data-og-seen]");
if (place) {
  fetch(place.dataset.ogSeen, { credentials: "omit", keepalive: true, cache: "no-store" }).catch(() => {});
}
