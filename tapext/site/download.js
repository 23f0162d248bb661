/** The files of marked images: found by DataLink, given as a list of addresses or as a script. */

import { send } from "./tap.js";
import { readTable } from "./votable.js";

const AT_ONCE = 1000; // IDs of one request: the service answers in a second, the page reads it in a tenth

/** @typedef {{id: string, url: string, size: number, type: string}} File */

/**
 * Find the files of images.
 * @param {string[]} ids publisherIDs
 * @param {{signal?: AbortSignal, tell?: (done: number) => void}} [options]
 * @returns {Promise<{files: File[], missing: string[]}>} missing = images of which none can be fetched
 */
export async function askFiles(ids, { signal, tell } = {}) {
  const files = [];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const body = new URLSearchParams(ids.slice(start, start + AT_ONCE).map((id) => ["ID", id]));
    const { rows } = readTable(await (await send("datalink/links", { method: "POST", body, signal })).text());
    files.push(...rows.filter((row) => row.semantics === "#this" && isFetched(row.access_url)).map(readFile));
    tell?.(Math.min(start + AT_ONCE, ids.length));
  }
  const found = new Set(files.map(({ id }) => id));
  return { files, missing: ids.filter((id) => !found.has(id)) };
}

function isFetched(url) {
  return /^https?:\/\/[^\s'"<>]+$/.test(url);
}

function readFile({ ID, access_url: url, content_length: size, content_type: type }) {
  return { id: ID, url, size: Number(size) || 0, type };
}

/** Write one address a line. */
export function writeList(files) {
  return files.map(({ url }) => `${url}\n`).join("");
}

/** Write a script for a POSIX shell; what was fetched before is not fetched again. */
export function writeScript(files) {
  const lines = nameFiles(files).map(([name, url]) => `fetch ${quoteWord(name)} ${quoteWord(url)}`);
  return `#!/bin/sh
# Fetches ${files.length} files into the folder it is run in; run it again to go on after a break.
fetch() {
  [ -s "$1" ] && return
  echo "$1"
  curl --fail --location --silent --show-error --output "$1.part" -- "$2" && mv -- "$1.part" "$1"
}
${lines.join("\n")}
`;
}

/** Name files by their images; names hold nothing that means something to a shell or a path. */
function nameFiles(files) {
  const taken = new Map();
  return files.map(({ id, url, type }) => {
    const clean = id.replace(/^.*\?/, "").replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[.-]+/, "") || "image";
    const number = (taken.get(clean) ?? 0) + 1;
    taken.set(clean, number);
    return [`${clean}${number > 1 ? `_${number}` : ""}${findEnding(url, type)}`, url];
  });
}

function findEnding(url, type) {
  const ending = /\.(fits?(?:\.(?:gz|fz|bz2))?|png|jpe?g)$/i.exec(url.split(/[?#]/)[0]);
  return ending ? ending[0] : /gzip/.test(type) ? ".fits.gz" : ".fits";
}

/** Write a word that a shell takes as it is. */
export function quoteWord(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Have the browser save text as a file. */
export function save(name, text, type = "text/plain") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Write a number of bytes for people. */
export function writeSize(bytes) {
  const steps = ["bytes", "kB", "MB", "GB", "TB"];
  const step = Math.min(steps.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${steps[step]}`;
}
