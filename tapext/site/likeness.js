/** Images that are like one: pictures, distances, and why. */

import { renderThumbnail } from "./thumbnail.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {Record<string, any>} Row */

/**
 * @param {import("./data.js").Answer} answer rows of /similar with the identifier of their plane
 * @param {(change: object) => string} href
 */
export function renderSimilar({ value, error, pending }, href) {
  if (error) return html`<p class="notice" role="alert">${error}</p>`;
  if (pending) return html`<p class="quiet" role="status">Looking for similar images…</p>`;
  const rows = value.filter((/** @type {Row} */ row) => row.publisherID);
  if (!rows.length) return html`<p class="quiet">The archive has no image that can be compared with this one.</p>`;
  return html`<ol class="similar">${rows.map((/** @type {Row} */ row) => renderCard(row, href))}</ol>`;
}

/** @param {Row} row @param {(change: object) => string} href */
function renderCard(row, href) {
  const name = row.target_name || row.observationID;
  const facts = [row.collection, row.instrument_name, row.bandpassName].filter(Boolean).join(" · ");
  return html`<li><a class="card-link" href=${href({ view: "image", id: row.publisherID })}>
    <span class="thumbnail">${row.planeID ? renderThumbnail(`preview/${row.planeID}/thumbnail.png`) : nothing}</span>
    <span class="card-name">${name}</span></a>
    <span class="dim">${facts}</span>
    <span><span class="distance">${row.distance.toFixed(3)}</span>
      <meter min="0" max="1" value=${likeness(row.distance)} aria-label="Likeness"></meter></span>
    ${row.explanation ? html`<span class="why">${row.explanation}</span>` : nothing}
  </li>`;
}

/** Distances of unrelated images are about the square root of 2. @param {number} distance */
function likeness(distance) {
  return Math.max(0, 1 - (distance * distance) / 2).toFixed(3);
}
