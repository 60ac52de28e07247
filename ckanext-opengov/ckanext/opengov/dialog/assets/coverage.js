// A point on the map: by pressing it, by keyboard, by the device. Without it the form takes degrees or a city.
(function () {
  "use strict";

  const WORLD = 8192;
  const WIDTH = 980;
  const HEIGHT = 590;
  const BASE_ZOOM = 5;
  const DEEPEST = 8;
  const COUNTRY = { south: 40, north: 56, west: 46, east: 88 };
  const NEAR = 4;

  const box = document.querySelector("[data-opengov-picker]");
  if (!box) {
    return;
  }
  const map = box.querySelector(".og-map");
  const ground = map.querySelector("svg");
  const tiles = ground.querySelector(".og-map__tiles");
  const pin = map.querySelector(".og-map__pin");
  const told = box.querySelector("[data-told]");
  const form = box.closest("form");
  const fields = { latitude: form.elements.latitude, longitude: form.elements.longitude };
  const view = {
    x: Number(box.dataset.left) + Number(box.dataset.width) / 2,
    y: Number(box.dataset.top) + Number(box.dataset.height) / 2,
    zoom: Number(box.dataset.zoom),
  };

  const size = () => ({ width: WIDTH / 2 ** view.zoom, height: HEIGHT / 2 ** view.zoom });
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  function project(latitude, longitude) {
    const radians = (latitude * Math.PI) / 180;
    return {
      x: ((longitude + 180) / 360) * WORLD,
      y: ((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * WORLD,
    };
  }

  function unproject(x, y) {
    return {
      latitude: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI,
      longitude: (x / WORLD) * 360 - 180,
    };
  }

  function inside(latitude, longitude) {
    return (
      latitude >= COUNTRY.south && latitude <= COUNTRY.north && longitude >= COUNTRY.west && longitude <= COUNTRY.east
    );
  }

  function put(element, latitude, longitude) {
    const { width, height } = size();
    const point = project(latitude, longitude);
    const left = 50 + (100 * (point.x - view.x)) / width;
    const top = 50 + (100 * (point.y - view.y)) / height;
    element.style.left = `${left}%`;
    element.style.top = `${top}%`;
    element.hidden = left < 0 || left > 100 || top < 0 || top > 100;
    element.classList.toggle("og-map__city--before", left > 82 && element !== pin);
  }

  // The place that the form holds now, or nothing.
  function chosen() {
    const [latitude, longitude] = ["latitude", "longitude"].map((name) =>
      Number.parseFloat(fields[name].value.replace(",", "."))
    );
    return inside(latitude, longitude) ? { latitude, longitude } : null;
  }

  function layTiles() {
    const address = box.dataset.tiles;
    if (!address) {
      return;
    }
    const side = 256 / 2 ** view.zoom;
    const { width, height } = size();
    const pictures = [];
    for (let column = Math.floor((view.x - width / 2) / side); column * side < view.x + width / 2; column += 1) {
      for (let row = Math.floor((view.y - height / 2) / side); row * side < view.y + height / 2; row += 1) {
        const picture = document.createElementNS(ground.namespaceURI, "image");
        const names = { z: BASE_ZOOM + view.zoom, x: column, y: row };
        picture.setAttribute("href", address.replace(/\{([xyz])\}/g, (_whole, name) => names[name]));
        const place = { x: column * side, y: row * side, width: side, height: side };
        Object.entries(place).forEach(([name, value]) => picture.setAttribute(name, value));
        pictures.push(picture);
      }
    }
    tiles.replaceChildren(...pictures);
  }

  function draw() {
    const { width, height } = size();
    ground.setAttribute("viewBox", `${view.x - width / 2} ${view.y - height / 2} ${width} ${height}`);
    map.classList.toggle("og-map--near", view.zoom > 0);
    map.querySelectorAll(".og-map__city").forEach((city) => {
      put(city, Number(city.dataset.latitude), Number(city.dataset.longitude));
    });
    const place = chosen();
    pin.hidden = !place;
    if (place) {
      put(pin, place.latitude, place.longitude);
    }
  }

  function show(x, y, zoom) {
    const corner = project(COUNTRY.north, COUNTRY.west);
    const other = project(COUNTRY.south, COUNTRY.east);
    view.x = clamp(x, corner.x, other.x);
    view.y = clamp(y, corner.y, other.y);
    view.zoom = clamp(zoom, 0, DEEPEST);
    draw();
    layTiles();
  }

  function goTo(place, zoom) {
    const point = project(place.latitude, place.longitude);
    show(point.x, point.y, Math.max(view.zoom, zoom));
  }

  function choose(place) {
    if (!inside(place.latitude, place.longitude)) {
      told.textContent = box.dataset.outside;
      return;
    }
    fields.latitude.value = place.latitude.toFixed(3);
    fields.longitude.value = place.longitude.toFixed(3);
    const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 3 });
    told.textContent = box.dataset.chosen
      .replace("{north}", number.format(place.latitude))
      .replace("{east}", number.format(place.longitude));
    draw();
  }

  // --- pressing and dragging

  let grip = null;

  map.addEventListener("pointerdown", (event) => {
    grip = { x: event.clientX, y: event.clientY, from: { ...view }, moved: false };
    map.setPointerCapture(event.pointerId);
  });

  map.addEventListener("pointermove", (event) => {
    if (!grip) {
      return;
    }
    const area = map.getBoundingClientRect();
    const { width, height } = size();
    const right = event.clientX - grip.x;
    const down = event.clientY - grip.y;
    grip.moved ||= Math.hypot(right, down) > 6;
    if (grip.moved && view.zoom > 0) {
      show(grip.from.x - (right / area.width) * width, grip.from.y - (down / area.height) * height, view.zoom);
    }
  });

  map.addEventListener("pointercancel", () => (grip = null));

  map.addEventListener("pointerup", (event) => {
    const pressed = grip && !grip.moved;
    grip = null;
    if (!pressed) {
      return;
    }
    const area = map.getBoundingClientRect();
    const { width, height } = size();
    const x = view.x + ((event.clientX - area.left) / area.width - 0.5) * width;
    const y = view.y + ((event.clientY - area.top) / area.height - 0.5) * height;
    choose(unproject(x, y));
  });

  // --- keyboard and buttons

  const STEP = 1 / 12;
  const move = (right, down) => {
    const { width, height } = size();
    show(view.x + right * STEP * width, view.y + down * STEP * height, view.zoom);
  };
  const near = (steps) => show(view.x, view.y, view.zoom + steps);
  const keys = {
    ArrowLeft: () => move(-1, 0),
    ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, -1),
    ArrowDown: () => move(0, 1),
    "+": () => near(1),
    "=": () => near(1),
    "-": () => near(-1),
    Enter: () => choose(unproject(view.x, view.y)),
  };

  map.addEventListener("keydown", (event) => {
    const deed = keys[event.key];
    if (deed && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      deed();
    }
  });

  // Towards the chosen point, if there is one.
  const step = (steps) => {
    const place = chosen();
    if (place && steps > 0) {
      goTo(place, view.zoom + steps);
    } else {
      near(steps);
    }
  };
  box.querySelector("[data-nearer]").addEventListener("click", () => step(1));
  box.querySelector("[data-farther]").addEventListener("click", () => step(-1));

  const here = box.querySelector("[data-here]");
  here.hidden = !navigator.geolocation;
  here.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        choose(coords);
        if (chosen()) {
          goTo(chosen(), NEAR);
        }
      },
      () => (told.textContent = box.dataset.lost),
      { enableHighAccuracy: true, timeout: 15000 }
    );
  });

  // --- what is typed or chosen beside the map

  Object.values(fields).forEach((field) => field.addEventListener("change", () => chosen() && goTo(chosen(), NEAR)));
  form.elements.town.addEventListener("change", (event) => {
    const city = event.target.selectedOptions[0];
    if (!city.value) {
      return;
    }
    const place = { latitude: Number(city.dataset.latitude), longitude: Number(city.dataset.longitude) };
    form.elements.region.value = city.value;
    choose(place);
    goTo(place, NEAR);
  });

  box.hidden = false;
  show(view.x, view.y, view.zoom);
})();
