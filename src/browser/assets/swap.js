/* Swapping stylesheets and images in place; a part of client.js and livereload.js. */

let swaps = 0;

/* How many segments at their ends a URL's path and a file have in common. */
function likeness(url, file) {
  let path = "";
  try {
    path = decodeURIComponent(new URL(url, document.baseURI).pathname);
  } catch {
    return 0;
  }
  const a = path.split("/").reverse();
  const b = file.split("/").reverse();
  let same = 0;
  while (same < b.length && a[same] && a[same] === b[same]) same++;
  return same;
}

const isOf = (url, files) => files.some((file) => likeness(url, file) > 0);

function busted(url) {
  const made = new URL(url, document.baseURI);
  made.searchParams.set("zonda", `${Date.now()}.${++swaps}`);
  return made.href;
}

/* The browser's cache gets the new version under the plain address as well. */
const renew = (url) => fetch(url, { cache: "reload", mode: "no-cors" }).catch(() => {});

/* The new sheet stands beside the old one until it is there: nothing flashes. */
function swapLink(link) {
  const next = link.cloneNode();
  next.href = busted(link.href);
  return new Promise((done) => {
    const end = (gone) => {
      gone.remove();
      done();
    };
    next.onload = () => end(link);
    next.onerror = () => end(next);
    link.after(next);
  });
}

function importsOf(sheet, found = []) {
  try {
    for (const rule of sheet.cssRules)
      if (rule instanceof CSSImportRule && rule.styleSheet) {
        found.push(rule.styleSheet.href);
        importsOf(rule.styleSheet, found);
      }
  } catch {
    /* a sheet of another origin cannot be read */
  }
  return found;
}

async function swapStyles(files) {
  const links = [...document.querySelectorAll('link[rel~="stylesheet"][href]')].filter((link) => link.sheet);
  let chosen = links.filter((link) => isOf(link.href, files));
  const imported = links.flatMap((link) => importsOf(link.sheet).filter((url) => isOf(url, files)));
  await Promise.all(imported.map(renew));
  if (imported.length)
    chosen = chosen.concat(links.filter((link) => importsOf(link.sheet).some((url) => isOf(url, files))));
  // Of no link's name: it may have gone into any of them.
  if (!chosen.length) chosen = links.filter((link) => new URL(link.href).origin === location.origin);
  await Promise.all([...new Set(chosen)].map(swapLink));
}

const URLS = /url\((['"]?)(.*?)\1\)/g;
const PICTURED = ["background-image", "border-image-source", "list-style-image", "mask-image", "content", "cursor"];

function swapStyle(style, from, files) {
  for (const name of PICTURED) {
    const value = style.getPropertyValue(name);
    if (!value.includes("url(")) continue;
    const next = value.replace(URLS, (whole, quote, url) => {
      const full = new URL(url, from).href;
      return isOf(full, files) ? `url("${busted(full)}")` : whole;
    });
    if (next !== value) style.setProperty(name, next, style.getPropertyPriority(name));
  }
}

function swapRules(holder, from, files) {
  for (const rule of holder.cssRules) {
    if (rule.style) swapStyle(rule.style, from, files);
    if (rule.styleSheet) swapRules(rule.styleSheet, rule.styleSheet.href, files);
    else if (rule.cssRules) swapRules(rule, from, files);
  }
}

const swapSet = (set, files) =>
  set.replace(/(^|,\s*)([^\s,]+)/g, (whole, before, url) => (isOf(url, files) ? before + busted(url) : whole));

async function swapImages(files) {
  const plain = new Set();
  for (const entry of performance.getEntriesByType("resource")) if (isOf(entry.name, files)) plain.add(entry.name);
  await Promise.all([...plain].map(renew));
  for (const part of document.querySelectorAll("img, source, input[type=image], link[rel~=icon], image, [style]")) {
    if (part.srcset && part.localName !== "input") part.srcset = swapSet(part.srcset, files);
    if (part.src && isOf(part.src, files)) part.src = busted(part.src);
    if (part.localName === "link" && isOf(part.href, files)) part.href = busted(part.href);
    if (part.localName === "image" && isOf(part.href.baseVal, files))
      part.setAttribute("href", busted(part.href.baseVal));
    if (part.style) swapStyle(part.style, document.baseURI, files);
  }
  for (const sheet of document.styleSheets) {
    try {
      swapRules(sheet, sheet.href || document.baseURI, files);
    } catch {
      /* a sheet of another origin cannot be read */
    }
  }
}
