// Suggests accounts while a name is typed. Without this script the name is typed whole.

const WAIT = 250;
const field = document.querySelector("[data-og-users]");

if (field) {
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest(field), WAIT);
  });
}

async function suggest(input) {
  const text = input.value.trim();
  if (text.length < 2) {
    return;
  }
  const address = new URL(input.dataset.ogUsers, window.location.origin);
  address.search = new URLSearchParams({ q: text, limit: 10 });
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok || input.value.trim() !== text) {
    return;
  }
  const { result } = await answer.json();
  input.list.replaceChildren(...result.map((user) => new Option(user.fullname || user.name, user.name)));
}
