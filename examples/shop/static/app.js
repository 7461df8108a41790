"use strict";

const one = (selector) => document.querySelector(selector);

const LOG_LINES = 100;

function addLine(log, text) {
  const line = document.createElement("li");
  line.textContent = text;
  log.append(line);
  while (log.childElementCount > LOG_LINES) {
    log.firstElementChild.remove();
  }
  log.scrollTop = log.scrollHeight;
}

function setState(element, on) {
  if (element) {
    element.textContent = on ? "connected" : "connecting";
    element.classList.toggle("on", on);
  }
}

// On every page: the footer says which version answers, also when that changes.
function followEvents() {
  const pulse = one("[data-pulse]");
  const state = one("[data-events-state]");
  const log = one("[data-events-log]");
  const set = (on) => {
    pulse.classList.toggle("on", on);
    pulse.title = on ? "connected" : "connecting";
    setState(state, on);
  };

  function open() {
    const source = new EventSource("/events"); // connects again by itself
    source.addEventListener("open", () => set(true));
    source.addEventListener("error", () => set(false));
    source.addEventListener("tick", (event) => {
      const tick = JSON.parse(event.data);
      one("[data-version]").textContent = tick.version;
      one("[data-pid]").textContent = tick.pid;
      one("[data-started]").textContent = tick.started;
      if (log) {
        addLine(log, `${new Date(tick.time).toLocaleTimeString()} · ${tick.version} · process ${tick.pid}`);
      }
    });
    source.addEventListener("product", (event) => {
      if (log) {
        addLine(log, `New: ${JSON.parse(event.data).name}`);
      }
    });
    return source;
  }

  // A browser has few connections for one site: tabs that nobody sees leave them to the others.
  let source = null;
  const adapt = () => {
    if (document.visibilityState === "hidden") {
      source?.close();
      source = null;
      set(false);
    } else {
      source ??= open();
    }
  };
  document.addEventListener("visibilitychange", adapt);
  adapt();
}

function chat() {
  const form = one("[data-chat-form]");
  const log = one("[data-chat-log]");
  const state = one("[data-chat-state]");
  const button = form.querySelector("button");
  let socket;

  function connect(pause) {
    setState(state, false);
    button.disabled = true;
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    socket.addEventListener("open", () => {
      pause = 250;
      setState(state, true);
      button.disabled = false;
    });
    socket.addEventListener("message", (event) => addLine(log, event.data));
    socket.addEventListener("close", () => {
      setState(state, false);
      button.disabled = true;
      setTimeout(connect, pause, Math.min(2 * pause, 5000));
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(form.elements.text.value);
      form.reset();
    }
  });
  connect(250);
}

function uploads() {
  const form = one("[data-upload-form]");
  const result = one("[data-upload-result]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    result.textContent = "Uploading …";
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const answer = await response.json();
      result.textContent = answer.error ?? `${answer.bytes.toLocaleString()} bytes, SHA-256 ${answer.sha256}`;
    } catch (error) {
      result.textContent = `The upload failed: ${error.message}`;
    } finally {
      button.disabled = false;
    }
  });
}

followEvents();
if (one("[data-chat-form]")) {
  chat();
  uploads();
}
