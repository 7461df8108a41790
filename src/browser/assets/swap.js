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

/* Every @import below a sheet that is of files. */
function importsOf(sheet, files, found = []) {
  try {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSImportRule) || !rule.styleSheet) continue;
      if (isOf(rule.styleSheet.href, files)) found.push(rule);
      else importsOf(rule.styleSheet, files, found);
    }
  } catch {
    /* a sheet of another origin cannot be read */
  }
  return found;
}

const IMPORT_LOOK_MS = 10;
const IMPORT_LOOKS = 500;

/* As with a link: the new one beside the old one until it is there. No event tells of that. */
async function swapImport(rule) {
  const sheet = rule.parentStyleSheet;
  const place = (wanted) => [...sheet.cssRules].indexOf(wanted);
  const at = place(rule) + 1;
  const url = busted(rule.styleSheet.href).replaceAll('"', "%22");
  sheet.insertRule(rule.cssText.replace(/^@import url\("(?:[^"\\]|\\.)*"\)/, `@import url("${url}")`), at);
  const next = sheet.cssRules[at];
  for (let looks = 0; !next.styleSheet && looks < IMPORT_LOOKS; looks++)
    await new Promise((done) => setTimeout(done, IMPORT_LOOK_MS));
  sheet.deleteRule(place(next.styleSheet ? rule : next));
}

async function swapStyles(files) {
  const links = [...document.querySelectorAll('link[rel~="stylesheet"][href]')].filter((link) => link.sheet);
  const imports = [...document.styleSheets].flatMap((sheet) => importsOf(sheet, files));
  await Promise.all(imports.map((rule) => renew(rule.styleSheet.href)));
  await Promise.all(imports.map(swapImport));
  let chosen = links.filter((link) => isOf(link.href, files));
  // Of no sheet's name: it may have gone into any of them.
  if (!chosen.length && !imports.length)
    chosen = links.filter((link) => new URL(link.href).origin === location.origin);
  await Promise.all(chosen.map(swapLink));
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
