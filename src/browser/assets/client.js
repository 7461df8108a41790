/*
 * zonda's script in a page: hears what changed, swaps or reloads, and shows what is wrong.
 *
 * One file, two lives. As a shared worker it holds the one connection to /refresh-signal that all
 * tabs of a browser share; in a page it takes the events and acts on them. Where a page can have no
 * such worker (it includes this script from another origin), one tab is elected to hold the
 * connection, and tells the others.
 *
 * What comes from outside is only ever set as text; no HTML is made from it.
 */
"use strict";
(() => {
  const SIGNAL = "/refresh-signal";
  const SILENCE_MS = 40000; // the server sends a beat every 15 s
  const RETRY_MIN_MS = 250;
  const RETRY_MAX_MS = 5000;

  /* --- the connection --- */

  /* An EventSource that never gives up. tell gets every message, with its id. */
  function connect(base, tell, last) {
    let source = null;
    let watch = 0;
    let retry = RETRY_MIN_MS;
    const again = () => {
      clearTimeout(watch);
      source.close();
      watch = setTimeout(open, retry);
      retry = Math.min(retry * 2, RETRY_MAX_MS);
    };
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(again, SILENCE_MS);
    };
    function open() {
      // A new EventSource knows nothing of the last one's id, so it is said in the address.
      source = new EventSource(base + SIGNAL + (last ? "?last-event-id=" + encodeURIComponent(last) : ""));
      source.onopen = () => {
        retry = RETRY_MIN_MS;
        alive();
      };
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) again();
        else alive(); // it retries by itself
      };
      source.addEventListener("beat", alive);
      source.onmessage = (event) => {
        alive();
        last = event.lastEventId || last;
        const message = JSON.parse(event.data);
        if (message.type === "hello") message.payload = { at: before(message.payload.age_ms) };
        tell({ ...message, id: last });
      };
      alive();
    }
    open();
  }

  /* A moment that means the same in a worker and in every page: an age would grow on its way to one
     that is busy, and be taken for a change that came after the page. */
  function before(age_ms) {
    return age_ms === null ? null : performance.timeOrigin + performance.now() - age_ms;
  }

  /* What somebody who comes later must know: how things stand, and when something last changed. */
  function memory() {
    let state = null;
    let changed = null;
    return {
      note(message) {
        const { type, payload } = message;
        if (type === "refresh" || type === "css" || type === "image") changed = before(0);
        else if (type === "hello") changed = payload.at;
        else if (type === "building" || type === "error" || type === "ok") state = message;
      },
      recall(tell) {
        tell({ type: "hello", payload: { at: changed } });
        if (state) tell(state);
      },
    };
  }

  /* --- life as a shared worker --- */

  if (typeof SharedWorkerGlobalScope !== "undefined" && self instanceof SharedWorkerGlobalScope) {
    const ports = new Set();
    const past = memory();
    let connected = false;
    connect(self.location.origin, (message) => {
      connected = true;
      past.note(message);
      for (const port of ports) port.postMessage(message);
    });
    self.onconnect = ({ ports: [port] }) => {
      port.onmessage = ({ data }) => (data === "bye" ? ports.delete(port) : ports.add(port));
      ports.add(port);
      if (connected) past.recall((message) => port.postMessage(message));
    };
    return;
  }

  if (window.__zonda) return; // included twice
  window.__zonda = true;

  const script = document.currentScript;
  const base = script && script.src ? new URL(script.src).origin : location.origin;

  /* --- which connection --- */

  function byWorker(tell) {
    const worker = new SharedWorker(base + "/__zonda/client.js", { name: "zonda" });
    let failed = false;
    worker.onerror = (event) => {
      event.preventDefault();
      if (!failed) byElection(tell);
      failed = true;
    };
    worker.port.onmessage = ({ data }) => tell(data);
    addEventListener("pagehide", () => worker.port.postMessage("bye"));
    addEventListener("pageshow", () => worker.port.postMessage("here"));
  }

  function byElection(tell) {
    if (!navigator.locks || typeof BroadcastChannel === "undefined") {
      connect(base, tell); // not a secure context: a connection for each tab
      return;
    }
    const name = "zonda " + base;
    const channel = new BroadcastChannel(name);
    const past = memory();
    let leads = false;
    let last = "";
    const take = (message) => {
      last = message.id || last;
      past.note(message);
      tell(message);
    };
    channel.onmessage = ({ data }) => {
      if (data !== "who") take(data);
      else if (leads) past.recall((message) => channel.postMessage({ ...message, recalled: true }));
    };
    channel.postMessage("who");
    // The lock is held until this page goes; then the next in line gets it.
    void navigator.locks.request(name, () => {
      leads = true;
      connect(base, (message) => {
        channel.postMessage(message);
        take(message);
      }, last);
      return new Promise(() => {});
    });
  }

  /* --- a page that is loaded anew keeps its place and what was typed --- */

  const KEEP = "zonda:page";
  const FIELDS_MAX = 200;
  const BYTES_MAX = 64 << 10;
  const NEVER = /^(password|hidden|file|submit|button|image|reset)$/;
  const SECRET = /csrf|token|nonce|secret|passw|otp|cvc|cvv|card/i;
  const SECRET_AUTOCOMPLETE = /password|one-time-code|^cc-/;

  const isKept = (field) =>
    !NEVER.test(field.type) &&
    !SECRET.test(field.name + " " + field.id) &&
    !SECRET_AUTOCOMPLETE.test(field.autocomplete || "");

  const isBox = (field) => field.type === "checkbox" || field.type === "radio";

  function valueOf(field) {
    if (isBox(field)) return field.checked === field.defaultChecked ? null : field.checked;
    if (field.options) {
      const chosen = [...field.options].map((option) => option.selected);
      const known = [...field.options].map((option) => option.defaultSelected);
      if (!field.multiple && !known.includes(true)) known[0] = true;
      return String(chosen) === String(known) ? null : chosen;
    }
    return field.value === field.defaultValue ? null : field.value;
  }

  /* Every field with a key that finds it again: what it is, and the how manieth of these. */
  function* fields() {
    const seen = new Map();
    for (const field of document.querySelectorAll("input, textarea, select")) {
      const kind = [field.localName, field.type, field.name, field.id, field.form ? field.form.id : ""].join(" ");
      const count = seen.get(kind) || 0;
      seen.set(kind, count + 1);
      if (isKept(field)) yield [kind + " " + count, field];
    }
  }

  function keep() {
    const kept = { at: location.href, scroll: [scrollX, scrollY], fields: {}, boxes: {}, focus: null };
    let left = FIELDS_MAX;
    for (const [key, field] of fields()) {
      const value = valueOf(field);
      if (field === document.activeElement) kept.focus = key;
      if (value !== null && left-- > 0) kept.fields[key] = value;
    }
    for (const box of document.querySelectorAll("[id]"))
      if (box.scrollTop > 0 && left-- > 0) kept.boxes[box.id] = box.scrollTop;
    const text = JSON.stringify(kept);
    try {
      if (text.length <= BYTES_MAX) sessionStorage.setItem(KEEP, text);
    } catch {
      /* no storage in this page: it begins at its top */
    }
  }

  function put(field, value) {
    if (isBox(field)) field.checked = value;
    else if (field.options) value.forEach((chosen, i) => field.options[i] && (field.options[i].selected = chosen));
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function giveBack() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEEP));
      sessionStorage.removeItem(KEEP);
    } catch {
      return;
    }
    if (!kept || kept.at !== location.href) return;
    for (const [key, field] of fields()) {
      if (key in kept.fields) put(field, kept.fields[key]);
      if (key === kept.focus) field.focus({ preventScroll: true });
    }
    const scroll = () => {
      for (const [id, top] of Object.entries(kept.boxes)) {
        const box = document.getElementById(id);
        if (box) box.scrollTop = top;
      }
      scrollTo({ left: kept.scroll[0], top: kept.scroll[1], behavior: "instant" });
    };
    scroll();
    if (document.readyState !== "complete") addEventListener("load", scroll, { once: true });
  }

  /* --- what changed: swap it, or load the page anew --- */

  let leaving = false;
  // Since when the page is as the server has it: when it came, or when the last swap was done.
  const navigation = performance.getEntriesByType("navigation")[0];
  let fresh = navigation ? navigation.responseStart : 0;

  function refresh(payload) {
    // An app may know better what a key stands for, such as an entry of a cache to drop.
    const event = new CustomEvent("zonda:refresh", { cancelable: true, detail: payload });
    fresh = performance.now();
    if (!document.dispatchEvent(event) || leaving) return;
    leaving = true;
    keep();
    location.reload();
  }

  async function swapped(type, files, swap) {
    await swap(files);
    fresh = performance.now();
    document.dispatchEvent(new CustomEvent("zonda:" + type, { detail: { files } }));
  }

  @@swap.js@@

  /* --- the overlay --- */

  const STYLE = `@@overlay.css@@`;

  const node = (name, className, text, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  };

  /* file:line:column, as a link into the editor, or as a button that copies the editor's command. */
  function place(found) {
    const text = [found.file, found.line, found.column].filter(Boolean).join(":");
    if (found.open && /^[a-z][a-z0-9+.-]*:\/\//i.test(found.open) && !/^javascript:/i.test(found.open)) {
      const link = node("a", "place", text);
      link.href = found.open;
      link.title = "Open in the editor";
      return link;
    }
    const button = node("button", "place", text);
    const copied = found.copy || text;
    button.type = "button";
    button.title = "Copy: " + copied;
    button.onclick = () => {
      void navigator.clipboard.writeText(copied).then(() => button.classList.add("copied"));
    };
    return button;
  }

  function excerpt(text) {
    const box = node("pre", "excerpt");
    box.tabIndex = 0;
    box.setAttribute("aria-label", "source");
    for (const line of text.replace(/\n$/, "").split("\n")) {
      const caret = / \|\s*\^/.test(line) ? line.length - 1 : line.length;
      const row = node("span", line.startsWith(">") ? "line here" : "line", line.slice(0, caret));
      row.append(node("b", "", line.slice(caret)), "\n");
      box.append(row);
    }
    return box;
  }

  function diagnostic(found) {
    const item = node("li", found.warning ? "warning" : "", "", place(found), node("p", "message", found.message));
    if (found.excerpt) item.append(excerpt(found.excerpt));
    return item;
  }

  const TITLES = { build: "The build failed", start: "The new version did not start", crash: "The app has ended" };

  const overlay = {
    host: null,
    dialog: null,
    pill: null,
    error: null,

    root() {
      if (this.host && this.host.isConnected) return this.shadow;
      if (!this.host) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        this.host = document.createElement("zonda-overlay");
        this.shadow = this.host.attachShadow({ mode: "closed" });
        this.shadow.adoptedStyleSheets = [sheet];
      }
      document.documentElement.append(this.host);
      return this.shadow;
    },

    show(error) {
      this.hide();
      this.error = error;
      const dialog = node("dialog");
      const title = node("h1", "", TITLES[error.kind] || "Something is wrong");
      const close = node("button", "close", "Dismiss ");
      const list = node("ol", "diagnostics", "", ...(error.diagnostics || []).map(diagnostic));
      const message = node("p", "summary", error.message || "");
      close.append(node("kbd", "", "Esc"));
      close.type = "button";
      close.onclick = () => dialog.close();
      title.id = "title";
      message.id = "message";
      dialog.className = error.kind;
      dialog.setAttribute("role", "alertdialog");
      dialog.setAttribute("aria-labelledby", "title");
      dialog.setAttribute("aria-describedby", "message");
      dialog.onclose = () => this.fold();
      const body = node("div", "body", "", message, list);
      if (error.dropped) body.append(node("p", "more", `${error.dropped} more are in the terminal.`));
      if (error.output) {
        const output = node("pre", "output", error.output);
        output.tabIndex = 0;
        output.setAttribute("aria-label", "what the app said");
        body.append(output);
      }
      const brand = node("span", "brand", "zonda");
      const foot = node("footer", "", error.serves ? "The old version keeps serving. " : "");
      foot.append("This goes away by itself once it is mended.");
      dialog.append(node("header", "", "", brand, title, close), body, foot);
      this.root().append(dialog);
      this.dialog = dialog;
      dialog.showModal();
      dialog.focus();
    },

    /* Dismissed, but still broken: a small sign stays, and brings it back. */
    fold() {
      if (!this.error) return;
      const error = this.error;
      this.dialog?.remove();
      this.dialog = null;
      this.sign(TITLES[error.kind], "failed", () => this.show(error));
    },

    sign(text, className, onclick) {
      this.pill?.remove();
      this.pill = node(onclick ? "button" : "div", "pill " + className, text);
      if (!onclick) this.pill.setAttribute("role", "status");
      this.pill.onclick = onclick || null;
      this.root().append(this.pill);
    },

    hide() {
      const dialog = this.dialog;
      this.error = this.dialog = null;
      dialog?.close();
      dialog?.remove();
      this.pill?.remove();
      this.pill = null;
    },
  };

  /* --- acting on what is heard --- */

  const BUILDING_AFTER_MS = 300; // a short build shows no sign
  let building = 0;

  const calm = () => {
    clearTimeout(building);
    if (!overlay.error) overlay.hide();
  };

  const actions = {
    hello: ({ at }) => {
      if (at !== null && at - performance.timeOrigin > fresh) refresh({ key: "*" });
    },
    refresh: (payload) => {
      calm();
      refresh(payload);
    },
    css: ({ files }) => swapped("css", files, swapStyles),
    image: ({ files }) => swapped("image", files, swapImages),
    building: () => {
      clearTimeout(building);
      building = setTimeout(() => overlay.error || overlay.sign("building…", "busy"), BUILDING_AFTER_MS);
    },
    error: (payload) => {
      clearTimeout(building);
      // It still holds after something else was done: who has dismissed it is left alone.
      if (payload.reload && overlay.error?.reload === payload.reload) return;
      overlay.show(payload);
    },
    ok: () => {
      clearTimeout(building);
      overlay.hide();
    },
  };

  function act(message) {
    if (leaving || !Object.hasOwn(actions, message.type)) return;
    if (message.recalled && message.type === "error" && overlay.error) return;
    void actions[message.type](message.payload || {});
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", giveBack, { once: true });
  else giveBack();
  try {
    if (base !== location.origin) byElection(act);
    else byWorker(act);
  } catch {
    byElection(act); // no shared workers here, or the page's policy forbids them
  }
})();
