/*
 * One curve over time as plain SVG: an area, a line, a grid of two, marks.
 */
const WIDTH = 320;
const HEIGHT = 74;
const TOP = 12;
const BOTTOM = 12;

const part = (name, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
};

/* The next of 1, 2, 5 times a power of ten, or for bytes of two: a scale that does not jump about. */
function ceiling(value, base) {
  let step = base ** Math.floor(Math.log(value) / Math.log(base));
  for (const factor of base === 10 ? [1, 2, 5, 10] : [1, 1.25, 1.5, 2]) if (step * factor >= value) return step * factor;
  return step * base;
}

/* points: {at: ms since 1970, value: a number, or null for a gap}. */
export function chart(picture, points, { marks = [], words = String, least = 1 } = {}) {
  picture.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  picture.setAttribute("preserveAspectRatio", "none");
  const known = points.filter((point) => point.value !== null);
  if (known.length < 2) {
    picture.replaceChildren();
    return;
  }
  const begin = points[0].at;
  const span = Math.max(points.at(-1).at - begin, 1);
  const largest = Math.max(least, ...known.map((point) => point.value));
  const most = ceiling(largest, largest > 1 << 16 ? 2 : 10);
  const x = (at) => (((at - begin) / span) * WIDTH).toFixed(1);
  const y = (value) => (HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const parts = [0, 0.5, 1].map((share) => part("line", { class: "grid", x1: 0, x2: WIDTH, y1: y(most * share), y2: y(most * share) }));
  for (const at of marks) if (at >= begin) parts.push(part("line", { class: "mark", x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM }));
  let run = [];
  const close = () => {
    if (run.length > 1) {
      const line = run.map((point) => `${x(point.at)},${y(point.value)}`).join(" ");
      parts.push(part("polygon", { class: "area", points: `${x(run[0].at)},${y(0)} ${line} ${x(run.at(-1).at)},${y(0)}` }));
      parts.push(part("polyline", { class: "curve", points: line }));
    }
    run = [];
  };
  for (const point of points) {
    if (point.value === null) close();
    else run.push(point);
  }
  close();
  parts.push(part("text", { x: 2, y: TOP - 3 }, words(most)));
  parts.push(part("text", { x: 2, y: HEIGHT - 2 }, `${Math.round(span / 1000)} s ago`));
  parts.push(part("text", { x: WIDTH - 20, y: HEIGHT - 2 }, "now"));
  picture.replaceChildren(...parts);
}
