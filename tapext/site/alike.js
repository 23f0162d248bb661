/** Objects of the whole archive that look like one, whichever way they are turned. */

import { quote } from "./adql.js";
import { askObjects, send } from "./tap.js";
import { renderThumbnail } from "./thumbnail.js";
import { html, nothing } from "./vendor/lit-html.js";

const MOST = 12;
const NEAR = 0.02; // pixels: places are stored as float
const FUNCTION = "caomai_object_distance";

/** @typedef {import("./objects.js").Found} Found */

/** Whether the service compares objects, which its capabilities tell. @param {AbortSignal} signal */
export async function askWhetherObjectsCompare(signal) {
  const answer = await send("tap/capabilities", { signal });
  return (await answer.text()).includes(FUNCTION);
}

/** @param {string} id publisherID @param {Found} object @param {AbortSignal} signal @returns {Promise<Record<string, any>[]>} */
export async function askAlike(id, { part, x, y }, signal) {
  const [known] = await askObjects(`SELECT TOP 1 v.objectID FROM caom2_ai.object_vector AS v
WHERE v.publisherID = ${quote(id)} AND v.part = ${quote(part)}
AND v.x BETWEEN ${x - NEAR} AND ${x + NEAR} AND v.y BETWEEN ${y - NEAR} AND ${y + NEAR}`, { signal });
  if (!known) return [];
  return askObjects(`SELECT TOP ${MOST} v.objectID, v.publisherID, v.planeID, v.part, v.x, v.y, v.node, v.collection,
v.instrument_name, ${FUNCTION}(v.vector, caomai_object_vector(${known.objectID})) AS dist
FROM caom2_ai.object_vector AS v
WHERE v.objectID <> ${known.objectID}
ORDER BY dist`, { signal });
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
  if (!value.length) return html`<p class="dim">The archive keeps nothing by which this object could be compared.</p>`;
  return html`<section aria-label="Objects like this one"><h3>Objects like this one</h3>
    <ol class="alike">${value.map((/** @type {Record<string, any>} */ row) => renderRow(row, href))}</ol></section>`;
}

/** @param {Record<string, any>} row @param {(change: object) => string} href */
function renderRow(row, href) {
  const where = [row.collection, row.instrument_name].filter(Boolean).join(" · ");
  const name = row.publisherID.split("/").at(-1);
  return html`<li><a href=${href({ view: "image", id: row.publisherID })}>
      ${row.objectID === null ? nothing : html`<span class="stamp">${renderThumbnail(`cutout/${row.objectID}.png`)}</span>`}
      <span>${name}</span></a>
    <span class="dim">${where}, node ${row.node}, ${row.dist.toFixed(3)}</span></li>`;
}
