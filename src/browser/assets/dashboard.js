/*
 * zonda's dashboard: one picture of how things stand, kept up to date by events.
 *
 * At first, and whenever the connection is new, the whole state is asked for; after that each line
 * of the JSON log comes as an event and is put into the picture. Everything is set as text.
 */
import { chart } from "/chart.js";

const LINES_MAX = 2000;
const SAMPLES_MAX = 600;
const RELOADS_MAX = 64;
const PHASES = ["decide", "wait", "build", "stop", "start"];
const $ = (id) => document.getElementById(id);

const state = { status: null, service: "", error: null, browsers: null, lately: [], reloads: new Map(), lines: [], samples: [], marks: [], selected: null, open: new Set() };

const node = (name, className, ...children) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

/* --- words --- */

const duration = (ms) =>
  ms === undefined || ms === null ? "–" : ms < 1000 ? `${Math.round(ms)} ms` : ms < 60000 ? `${(ms / 1000).toFixed(2)} s` : `${(ms / 60000).toFixed(1)} min`;
const bytes = (count) => (count < 1 << 20 ? `${Math.round(count / 1024)} KiB` : `${(count / (1 << 20)).toFixed(1)} MiB`);
const percent = (value) => `${value.toFixed(value < 10 ? 1 : 0)} %`;
const clock = (timestamp) => new Date(timestamp).toLocaleTimeString([], { hour12: false });
const TITLES = { build: "build failed", start: "start failed", crash: "the app has ended" };
const OUTCOMES = {
  served: "good", unchanged: "good", refreshed: "good", ended: "good",
  "build failed": "bad", "start failed": "bad", running: "busy", obsolete: "", stopped: "",
};
const outcome = (reload) => (reload.outcome || "running").replaceAll("_", " ");
const isFailure = (reload) => / failed$/.test(outcome(reload));

/* --- the head and the figures --- */

function drawState() {
  const { status } = state;
  if (!status) return;
  const broken = state.error;
  const names = { ready: "serving", down: "not running", backoff: "crashed, starts again" };
  const badge = $("state");
  const text = status.state === "building" ? "building" : broken ? TITLES[broken.kind] : names[status.state] || status.state;
  if (badge.textContent !== text) badge.textContent = text;
  badge.className = "badge " + (status.state === "building" || status.state === "starting" ? "busy" : broken || status.state === "down" || status.state === "backoff" ? "bad" : "good");
  document.title = `${text} · ${state.service}`;
  $("service").textContent = state.service;
  const links = (status.ports || []).map((port) => {
    const link = node("a", "", `:${port}`);
    link.href = `http://${location.hostname}:${port}/`;
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  });
  $("where").replaceChildren(status.root, ...links);
  $("pid").textContent = status.app_pid ? `pid ${status.app_pid}` : "";
  $("watching").textContent = status.watching ? `${status.watching.dirs} directories, ${status.watching.files} files${status.watching.polled ? `, ${status.watching.polled} polled` : ""}` : "";
}

function drawTiles() {
  const done = [...state.reloads.values()].filter((reload) => reload.total_ms !== undefined && outcome(reload) === "served").slice(-20);
  const times = done.map((reload) => reload.total_ms).sort((a, b) => a - b);
  const last = done.at(-1);
  const failed = [...state.reloads.values()].filter(isFailure).length;
  const sample = state.samples.at(-1);
  $("t-last").textContent = last ? duration(last.total_ms) : "–";
  $("t-median").textContent = times.length ? duration(times[times.length >> 1]) : "–";
  $("t-slow").textContent = times.length ? duration(times.at(-1)) : "–";
  $("t-count").textContent = state.status ? state.status.reloads : "–";
  $("t-failed").textContent = failed;
  $("t-failed").className = state.error ? "bad" : "";
  $("t-generation").textContent = state.status?.generation ?? "–";
  $("t-browsers").textContent = state.browsers ? state.browsers.connections : "–";
  $("t-memory").textContent = sample && sample.processes ? bytes(sample.memory_bytes) : "–";
  $("t-cpu").textContent = sample && sample.processes ? percent(sample.cpu_percent) : "–";
}

function place(found) {
  const text = [found.file, found.line, found.column].filter(Boolean).join(":");
  if (!found.open || !/^[a-z][a-z0-9+.-]*:\/\//i.test(found.open) || /^javascript:/i.test(found.open)) return node("span", "place", text);
  const link = node("a", "place", text);
  link.href = found.open;
  return link;
}

function drawBroken() {
  const broken = state.error;
  $("broken").hidden = !broken;
  if (!broken) return;
  $("broken-title").textContent = broken.reload ? `${TITLES[broken.kind]} — reload ${broken.reload}` : TITLES[broken.kind];
  $("broken-message").textContent = broken.message || "";
  const list = broken.diagnostics.map((found) => {
    const item = node("li", "", place(found), "  ", found.message);
    if (found.excerpt) item.append(node("pre", "", found.excerpt));
    return item;
  });
  if (broken.dropped) list.push(node("li", "", `… ${broken.dropped} more`));
  if (broken.output) list.push(node("li", "", node("pre", "", broken.output)));
  $("diagnostics").replaceChildren(...list);
}

/* --- the timeline --- */

const svg = (name, attributes, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

/* The longest a bar can show: a first build must not make all others invisible. */
function scale(reloads) {
  const times = reloads.map((reload) => reload.total_ms || 0).filter(Boolean).sort((a, b) => a - b);
  if (!times.length) return 1;
  return Math.min(times.at(-1), times[times.length >> 1] * 3) || 1;
}

function bar(reload, most) {
  const picture = svg("svg", { class: "bar", role: "img" });
  const phases = reload.phases || {};
  const parts = PHASES.filter((name) => phases[name] > 0);
  const total = parts.reduce((sum, name) => sum + phases[name], 0) || reload.total_ms || 0;
  picture.setAttribute("aria-label", parts.map((name) => `${name} ${duration(phases[name])}`).join(", ") || "no phases");
  const factor = total > most ? 94 / total : 94 / most;
  let x = 0;
  for (const name of parts.length ? parts : ["other"]) {
    const width = (phases[name] || total) * factor;
    const piece = svg("rect", { class: name, x: `${x}%`, y: 1, width: `${Math.max(width, 0.3)}%`, height: 12, rx: 1.5 });
    piece.append(svg("title", {}, `${name} ${duration(phases[name] || total)}`));
    picture.append(piece);
    x += width;
  }
  if (total > most) picture.append(svg("text", { class: "more", x: "95%", y: 11 }, "»"));
  return picture;
}

const pairs = (rows) =>
  node("dl", "", ...rows.filter(([, value]) => value !== undefined && value !== null && value !== "").flatMap(([name, value]) => [node("dt", "", name), node("dd", "", String(value))]));

function details(reload) {
  const phases = reload.phases || {};
  const changed = (reload.changed || []).join(", ") + (reload.changed_total > (reload.changed || []).length ? ` and ${reload.changed_total - reload.changed.length} more` : "");
  const box = node("div", "details",
    pairs([["why", reload.reason], ["cause", reload.cause], ["changed", changed], ["built", reload.built], ["fell back", reload.fell_back],
      ["packages", reload.packages || null], ["generation", reload.generation || null], ["trace", reload.trace_id]]),
    pairs([...PHASES.map((name) => [name, phases[name] === undefined ? null : duration(phases[name])]),
      ["compile", reload.compile_ms && duration(reload.compile_ms)],
      ["link", reload.link_ms && duration(reload.link_ms)], ["in all", reload.total_ms === undefined ? null : duration(reload.total_ms)]]));
  const wrong = [reload.message, ...(reload.diagnostics || []).map((found) => `${found.file}:${found.line}: ${found.message}`)].filter(Boolean);
  if (wrong.length) box.append(node("pre", "", wrong.join("\n")));
  return box;
}

function row(reload, most) {
  const item = node("li", "");
  const changed = reload.changed || [];
  const what = node("span", "what", changed[0] || reload.reason || reload.cause, changed.length > 1 ? node("small", "", ` +${(reload.changed_total || changed.length) - 1}`) : null);
  if (reload.service !== state.service) what.prepend(node("small", "", reload.service + " "));
  what.title = reload.reason || "";
  item.id = "reload-" + reload.id;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(state.selected === reload.id));
  const line = node("div", "row", node("span", "id", "#" + reload.id), node("span", "at", clock(reload.timestamp)), what, bar(reload, most),
    node("span", "total", duration(reload.total_ms)), node("span", "badge " + (OUTCOMES[outcome(reload)] ?? ""), outcome(reload)));
  line.onclick = () => choose(reload.id, true);
  item.append(line);
  if (state.open.has(reload.id)) item.append(details(reload));
  return item;
}

function drawReloads() {
  const list = [...state.reloads.values()].sort((a, b) => b.id - a.id);
  const most = scale(list);
  $("reloads").replaceChildren(...(list.length ? list.map((reload) => row(reload, most)) : [node("li", "none", "Nothing was reloaded yet.")]));
  if (state.selected) $("reloads").setAttribute("aria-activedescendant", "reload-" + state.selected);
}

function choose(id, toggle) {
  state.selected = id;
  if (toggle && !state.open.delete(id)) state.open.add(id);
  drawReloads();
  $("reload-" + id)?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const ids = [...state.reloads.keys()].sort((a, b) => b - a);
  const at = ids.indexOf(state.selected);
  const next = ids[at < 0 ? 0 : Math.min(Math.max(at + by, 0), ids.length - 1)];
  if (next !== undefined) choose(next, false);
}

/* --- the log --- */

let pattern = null;

function search() {
  const text = $("search").value;
  const regular = /^\/(.+)\/$/.exec(text);
  try {
    pattern = text ? new RegExp(regular ? regular[1] : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi") : null;
    $("search").removeAttribute("aria-invalid");
  } catch {
    pattern = null;
    $("search").setAttribute("aria-invalid", "true");
  }
}

const isApp = (line) => line.context.kind === "app_output";

function isShown(line) {
  if (!(isApp(line) ? $("s-app").checked : $("s-zonda").checked)) return false;
  if (!pattern) return true;
  return line.message.search(pattern) >= 0; // unlike test(), it leaves no place in a global pattern
}

function marked(text) {
  const box = node("span", "text");
  let at = 0;
  if (pattern)
    for (const match of text.matchAll(pattern)) {
      if (!match[0]) break;
      box.append(text.slice(at, match.index), node("mark", "", match[0]));
      at = match.index + match[0].length;
    }
  box.append(text.slice(at));
  return box;
}

/* What an app prints has no level; its words tell. */
const LEVELS = [["error", /\b(error|panic|fatal)\b/i], ["warn", /\bwarn(ing)?\b/i]];
const levelOf = (line) => (isApp(line) ? (LEVELS.find(([, words]) => words.test(line.message)) || [""])[0] : line.level);

const logLine = (line) =>
  node("li", [isApp(line) ? "app" : "zonda", levelOf(line)].join(" "),
    node("time", "", new Date(line.timestamp).toLocaleTimeString([], { hour12: false }) + "." + line.timestamp.slice(20, 23)),
    node("span", "from", isApp(line) ? (line.service === state.service ? "g" + line.context.generation : line.service) : "zonda"), marked(line.message));

function followLog() {
  if ($("follow").checked) $("log").scrollTop = $("log").scrollHeight;
}

function countLines(shown) {
  $("log-count").textContent = pattern ? `${shown} of ${state.lines.length} lines` : `${state.lines.length} lines`;
}

function drawLog() {
  const shown = state.lines.filter(isShown);
  $("log").replaceChildren(...shown.map(logLine));
  countLines(shown.length);
  followLog();
}

let fresh = [];
function addLine(line) {
  state.lines.push(line);
  fresh.push(line);
  if (fresh.length === 1) requestAnimationFrame(drawFresh);
}

/* Many lines at once are drawn once. */
function drawFresh() {
  const shown = fresh.filter(isShown);
  fresh = [];
  $("log").append(...shown.map(logLine));
  state.lines.splice(0, Math.max(0, state.lines.length - LINES_MAX));
  while ($("log").childElementCount > LINES_MAX) $("log").firstElementChild.remove();
  countLines($("log").childElementCount);
  if (shown.length) followLog();
}

/* --- memory and processor --- */

function drawCharts() {
  const alive = state.samples.filter((sample) => sample.processes > 0);
  const last = alive.at(-1);
  $("v-memory").textContent = last ? bytes(last.memory_bytes) : "";
  $("v-cpu").textContent = last ? percent(last.cpu_percent) : "";
  const marks = state.marks.map((mark) => mark.at);
  chart($("c-memory"), state.samples.map((sample) => ({ at: sample.at, value: sample.processes ? sample.memory_bytes : null })), { marks, words: bytes });
  chart($("c-cpu"), state.samples.map((sample) => ({ at: sample.at, value: sample.processes ? sample.cpu_percent : null })), { marks, words: percent, least: 5 });
  drawTiles();
}

function addSample(sample) {
  state.samples.push(sample);
  state.samples.splice(0, Math.max(0, state.samples.length - SAMPLES_MAX));
  drawCharts();
}

/* --- watched --- */

async function drawWatched() {
  const answer = await get("/api/v1/watched");
  $("watched").replaceChildren(...answer.roots.map((root) => node("li", "", root.path, node("small", "", root.why))));
}

/* What the files that changed lately led to, and why: from the lines of the log. */
const LATELY_MAX = 12;
function decided({ context }) {
  if (context.kind === "ignored") return { path: context.path, action: "ignore", reason: context.reason };
  if (context.kind === "reload_begin" && context.changed.length)
    return { path: context.changed[0], action: context.action, reason: context.reason.replace(context.changed[0], "").trim() };
  return null;
}

function drawLately() {
  const items = state.lately.map(({ path, action, reason }) =>
    node("li", action === "ignore" ? action : "", node("b", "", action), " ", path, node("small", "", reason)));
  $("lately").replaceChildren(...(items.length ? [node("li", "", "lately"), ...items] : []));
  $("lately").hidden = !items.length;
}

function addDecision(line) {
  const made = decided(line);
  if (!made) return;
  state.lately = [made, ...state.lately.filter((other) => other.path !== made.path)].slice(0, LATELY_MAX);
  drawLately();
}

async function explain(event) {
  event.preventDefault();
  const path = $("path").value.trim();
  $("why").hidden = !path;
  if (!path) return;
  const answer = await get("/api/v1/watched?path=" + encodeURIComponent(path));
  $("why").replaceChildren(node("b", "", answer.action || "not watched"), " — " + answer.reason);
}

/* --- what comes in --- */

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/* Events that change how things stand: the engine is asked again, once for a burst of them. */
let asking = 0;
function askAgain() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const [status, error, browsers] = await Promise.all(["status", "error", "browsers"].map((part) => get("/api/v1/" + part)));
    state.browsers = browsers;
    state.status = status;
    state.error = error.error && error.error.payload;
    drawState();
    drawTiles();
    drawBroken();
  }, 30);
}

function takeReload(reload) {
  state.reloads.set(reload.id, { ...state.reloads.get(reload.id), ...reload });
  for (const id of [...state.reloads.keys()].sort((a, b) => a - b).slice(0, -RELOADS_MAX)) state.reloads.delete(id);
  drawReloads();
}

const QUIET = new Set(["app_output", "build_line", "build_progress", "ignored", "refresh", "tests_line"]);

function take(line) {
  const { kind } = line.context;
  if (kind === "reload_begin" || kind === "reload_end") line.context.service = line.service;
  if (kind === "sample") {
    addSample(line.context);
    return;
  }
  if (kind === "reload_begin" || kind === "reload_end") takeReload(line.context);
  if (kind === "app_started") state.marks.push({ at: Date.parse(line.timestamp) });
  if (kind === "watching" || kind === "config") void drawWatched();
  addDecision(line);
  if (kind !== "build_progress") addLine(line);
  if (!QUIET.has(kind)) askAgain();
}

async function load() {
  const all = await get("/api/v1/overview");
  state.status = all.status;
  state.service = all.service;
  state.error = all.error.error && all.error.error.payload;
  state.browsers = all.browsers;
  state.reloads = new Map(all.reloads.reloads.map((reload) => [reload.id, reload]));
  state.lines = all.log.lines;
  state.samples = all.samples.samples;
  state.marks = state.lines.filter((line) => line.context.kind === "app_started").map((line) => ({ at: Date.parse(line.timestamp) }));
  state.lately = [];
  for (const line of state.lines) addDecision(line);
  for (const draw of [drawLately, drawState, drawBroken, drawReloads, drawLog, drawCharts]) draw();
  await drawWatched();
  return all.event;
}

/* Events that come while the whole is being asked for are put in afterwards, each once. */
function listen() {
  const source = new EventSource("/api/v1/events");
  const number = (event) => Number(event.lastEventId.split("-")[1]);
  let waiting = [];
  source.onopen = async () => {
    waiting = [];
    const seen = await load();
    for (const event of waiting) if (number(event) > seen) take(JSON.parse(event.data));
    waiting = null;
    document.body.classList.remove("gone");
  };
  source.onmessage = (event) => {
    if (waiting) waiting.push(event);
    else take(JSON.parse(event.data));
  };
  source.onerror = () => {
    waiting = [];
    $("state").textContent = "zonda is not there";
    $("state").className = "badge bad";
    document.body.classList.add("gone");
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
}

/* --- keys --- */

const post = (path, body) => fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

function setTheme(name) {
  document.documentElement.className = name;
  document.documentElement.style.colorScheme = name || "light dark";
  localStorage.setItem("theme", name);
}

const nextTheme = () => {
  const names = ["", "dark", "light"];
  setTheme(names[(names.indexOf(document.documentElement.className) + 1) % names.length]);
};

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  Enter: () => state.selected && choose(state.selected, true),
  "/": () => $("search").focus(),
  w: () => $("path").focus(),
  f: () => $("follow").click(),
  b: () => post("/api/v1/trigger", {}),
  r: () => post("/refresh", { key: "*" }),
  t: nextTheme,
  "?": () => $("keys").showModal(),
};

addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox])");
  if (event.key === "Escape" && typing) {
    event.target.value = "";
    event.target.dispatchEvent(new Event("input"));
    event.target.blur();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (event.target.matches("button") && event.key === "Enter") return;
  const arrows = { ArrowDown: "j", ArrowUp: "k" };
  const key = event.target === $("reloads") && arrows[event.key] ? arrows[event.key] : event.key;
  if (!Object.hasOwn(KEYS, key)) return;
  event.preventDefault();
  KEYS[key]();
});

for (const id of ["search", "s-app", "s-zonda"]) $(id).addEventListener("input", () => (search(), drawLog()));
$("follow").addEventListener("input", followLog);
$("log").addEventListener("scroll", () => {
  const box = $("log");
  $("follow").checked = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
});
$("explain").addEventListener("submit", (event) => void explain(event));
$("rebuild").onclick = KEYS.b;
$("refresh").onclick = KEYS.r;
$("theme").onclick = nextTheme;
$("help").onclick = KEYS["?"];
addEventListener("resize", drawCharts);
setTheme(localStorage.getItem("theme") || "");
listen();
