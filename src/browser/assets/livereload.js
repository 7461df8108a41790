/*
 * zonda's client for LiveReload, protocol 7 (http://livereload.com/api/protocol/).
 *
 * For pages and extensions that expect a livereload.js: options stand in the query of the script's
 * address (host, port, path, https, mindelay, maxdelay, handshake_timeout) or in
 * window.LiveReloadOptions. Tells the page by the events LiveReloadConnect and
 * LiveReloadDisconnect; LiveReloadShutDown, sent to the document, ends it.
 */
"use strict";
(() => {
  if (window.LiveReload) return;

  const OFFICIAL = "http://livereload.com/protocols/official-7";
  const STYLES = /\.css(\.map)?$/i;
  const IMAGES = /\.(jpe?g|png|gif|svg|webp|avif)$/i;

  @@swap.js@@

  const script = document.currentScript;
  const address = new URL(script ? script.src : location.href);
  const query = Object.fromEntries(address.searchParams);
  const options = {
    https: address.protocol === "https:",
    host: address.hostname,
    port: address.port || (address.protocol === "https:" ? 443 : 80),
    path: "livereload",
    mindelay: 1000,
    maxdelay: 60000,
    handshake_timeout: 5000,
    ...window.LiveReloadOptions,
    ...query,
  };
  const port = options.port === "" ? location.port : options.port;
  const server = `${options.https === true || options.https === "true" ? "wss" : "ws"}://${options.host}${port ? ":" + port : ""}/${options.path}`;

  let socket = null;
  let delay = Number(options.mindelay);
  let timer = 0;
  let over = false;

  const tell = (name) => document.dispatchEvent(new CustomEvent(name, { bubbles: true }));

  function reload({ path = "", liveCSS = true, liveImg = true }) {
    if (liveCSS && STYLES.test(path)) void swapStyles([path.replace(/\.map$/i, "")]);
    else if (liveImg && IMAGES.test(path)) void swapImages([path]);
    else location.reload();
  }

  function take(message) {
    if (message.command === "reload") reload(message);
    else if (message.command === "alert") alert(message.message);
    else throw new Error("unknown command");
  }

  /* The first message must be the server's hello. */
  function greet(message) {
    if (message.command !== "hello" || !message.protocols.includes(OFFICIAL)) throw new Error("no hello");
    clearTimeout(timer);
    delay = Number(options.mindelay);
    socket.send(JSON.stringify({ command: "info", plugins: {}, url: location.href }));
    tell("LiveReloadConnect");
  }

  function connect() {
    let greeted = false;
    socket = new WebSocket(server);
    socket.onopen = () => {
      socket.send(JSON.stringify({ command: "hello", protocols: [OFFICIAL], ver: "4.0.2", snipver: "1" }));
      timer = setTimeout(() => socket.close(), Number(options.handshake_timeout));
    };
    socket.onmessage = ({ data }) => {
      try {
        const message = JSON.parse(data);
        if (greeted) take(message);
        else greet(message);
        greeted = true;
      } catch {
        socket.close(); // it speaks something else
      }
    };
    socket.onclose = () => {
      clearTimeout(timer);
      if (greeted) tell("LiveReloadDisconnect");
      if (over) return;
      timer = setTimeout(connect, delay);
      delay = Math.min(delay * 2, Number(options.maxdelay));
    };
  }

  window.LiveReload = {
    shutDown() {
      over = true;
      clearTimeout(timer);
      socket.close();
      tell("LiveReloadShutDown");
    },
  };
  connect();
})();
