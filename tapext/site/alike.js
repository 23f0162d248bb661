/** Objects of the whole archive that look like one, whichever way they are turned. */

import { askRows } from "./archived.js";
import { renderThumbnail } from "./thumbnail.js";
import { html } from "./vendor/lit-html.js";

const MOST = 12;

/**
 * Ask for the objects that look most like one of an image; those of its own observation are left out.
 * @param {string} id publisherID @param {import("./objects.js").Found} object @param {AbortSignal} signal
 */
export function askAlike(id, { part, x, y }, signal) {
  return askRows("similar/objects", { ID: id, PART: part, X: x, Y: y, MAXREC: MOST }, signal);
}

/**
 * @param {{answer: import("./data.js").Answer | null, ask: () => void}} alike
 * @param {(change: object) => string} href
 */
export function renderAlike({ answer, ask }, href) {
  if (!answer) return html`<button type="button" @click=${ask}>Find objects like this one</button>`;
  const { value, error, pending } = answer;
  if (error) return html`<p class="notice" role="alert">${error}</p>`;
  if (pending) return html`<p class="dim" role="status">Looking for objects like this one…</p>`;
  const rows = value.filter((/** @type {Record<string, any>} */ row) => row.publisherID);
  if (!rows.length) return html`<p class="dim">The archive has no object that can be compared with this one.</p>`;
  return html`<section aria-label="Objects like this one"><h3>Objects like this one</h3>
    <ol class="alike">${rows.map((/** @type {Record<string, any>} */ row) => renderRow(row, href))}</ol></section>`;
}

/** @param {Record<string, any>} row @param {(change: object) => string} href */
function renderRow(row, href) {
  const name = row.publisherID.split("/").at(-1);
  return html`<li><a href=${href({ view: "image", id: row.publisherID })}>
      <span class="stamp">${renderThumbnail(`cutout/${row.objectID}.png`)}</span><span>${name}</span></a>
    <span class="dim">${row.label || `node ${row.node}`}, ${row.distance.toFixed(3)}</span></li>`;
}
