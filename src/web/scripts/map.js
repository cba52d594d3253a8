/** Lets the picture of a list be moved and its numbers opened, once somebody comes near it. It says nothing new. */
const frames = document.querySelectorAll('[data-map]');
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      void start(target);
    }
  },
  { rootMargin: '300px' },
);
for (const frame of frames) near.observe(frame);

const AREA = {
  color: '#6b7078',
  weight: 1,
  fillColor: '#fff',
  fillOpacity: 0.6,
  fillRule: 'evenodd',
  interactive: false,
};
const OWN = { ...AREA, color: '#4b2a63', weight: 2, fillColor: '#f3ecf8' };
/** Marks nearer than so many pixels across and down are one, as in the picture: each can be hit by itself. */
const APART = { x: 60, y: 36 };

async function start(frame) {
  await import('./leaflet.js');
  const { L } = globalThis;
  const { pins, outlines, own, tiles } = JSON.parse(frame.dataset.map);
  const box = document.createElement('div');
  box.className = 'betony-map__moving';
  box.setAttribute('role', 'application');
  box.setAttribute('aria-label', frame.dataset.label);
  frame.append(box);
  frame.classList.add('betony-map__frame--moving');
  const map = L.map(box, {
    attributionControl: false,
    fadeAnimation: false,
    zoomAnimation: false,
    maxZoom: 17,
    // The wheel scrolls the page; a map in the middle of it must not hold it up.
    scrollWheelZoom: false,
  });
  // Beside the map and not on it, where it would cover marks.
  frame.append(map.zoomControl.getContainer());
  if (tiles) {
    const attribution = document.createElement('span');
    attribution.textContent = tiles.attribution;
    L.control.attribution({ prefix: false }).addAttribution(attribution.innerHTML).addTo(map);
    L.tileLayer(tiles.url, { maxZoom: 17 }).addTo(map);
  }
  for (const { name, rings } of outlines) {
    const lines = rings.map((ring) => ring.map(([longitude, latitude]) => [latitude, longitude]));
    const label = document.createElement('span');
    label.textContent = name;
    L.polygon(lines, { ...(name === own ? OWN : AREA), ...(tiles && { fillOpacity: 0.1 }) })
      .bindTooltip(label, {
        permanent: true,
        direction: 'center',
        pane: 'shadowPane',
        className: 'betony-map__label',
      })
      .addTo(map);
  }
  map.fitBounds(L.latLngBounds(pins.map(({ latitude, longitude }) => [latitude, longitude])).pad(0.15), {
    maxZoom: 14,
  });
  const marks = L.layerGroup().addTo(map);
  const draw = () => {
    marks.clearLayers();
    for (const group of together(map, pins)) mark(L, group).addTo(marks);
  };
  draw();
  map.on('zoomend', draw);
}

function together(map, pins) {
  const groups = [];
  for (const pin of pins) {
    const at = map.latLngToLayerPoint([pin.latitude, pin.longitude]);
    const group = groups.find(
      (one) => Math.abs(one.at.x - at.x) < APART.x && Math.abs(one.at.y - at.y) < APART.y,
    );
    if (group) group.pins.push(pin);
    else groups.push({ at, pins: [pin] });
  }
  return groups.map(({ pins: some }) => some);
}

function mark(L, pins) {
  const [first] = pins;
  const text = document.createElement('span');
  text.textContent =
    pins.length <= 2 ? pins.map(({ number }) => number).join(', ') : `${first.number} +${pins.length - 1}`;
  const width = pins.length === 1 ? 30 : 56;
  const icon = L.divIcon({ html: text, className: 'betony-map__pin', iconSize: [width, 30] });
  const names =
    pins.length === 1
      ? `${first.number} ${first.name}`
      : `${text.textContent}: ${pins.map(({ number, name }) => `${number} ${name}`).join(', ')}`;
  const marker = L.marker([first.latitude, first.longitude], { icon, title: names, alt: names });
  marker.on('add', () => marker.getElement().setAttribute('aria-label', names));
  return marker.bindPopup(() => listed(pins));
}

function listed(pins) {
  const list = document.createElement('div');
  for (const { number, name, href } of pins) {
    const line = document.createElement('div');
    const link = document.createElement('a');
    link.href = href;
    link.textContent = name;
    line.append(`${number}. `, link);
    list.append(line);
  }
  return list;
}
