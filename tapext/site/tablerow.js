/** A row of the table: its mark, its picture, its values; on a phone a card of three lines. */

import { writeValue } from "./columns.js";
import { isDownloadable } from "./listing.js";
import { renderThumbnail } from "./thumbnail.js";
import { html, keyed, nothing } from "./vendor/lit-html.js";

const LINKED = new Set(["observation", "product"]);

/**
 * @param {import("./table.js").Shown} shown
 * @param {any[]} row
 * @param {{place: number, top: number, isPictured: boolean, active: number, isNarrow: boolean}} sight
 *   active = number of the cell that the Tab key reaches, -1 for none
 * @param {() => void} mark
 */
export function drawRow(shown, row, sight, mark) {
  const { listing, marked } = shown;
  const id = row[listing.keys.id];
  const isMarked = marked.has(id);
  const cells = sight.isNarrow ? [drawCard(shown, row, sight)] : listing.columns.map((one, i) => drawCell(shown, row, one, i + 2, sight));
  return html`<div class="grid-row" role="row" aria-rowindex=${sight.place + 3} aria-selected=${isMarked ? "true" : "false"}
      data-row=${sight.place} .style=${`transform: translateY(${sight.top}px)`}>
    <div class="cell-mark" role="gridcell" aria-colindex="1" data-column="0" tabindex=${sight.active === 0 ? 0 : -1}>
      ${isDownloadable(listing, row)
        ? html`<input type="checkbox" tabindex="-1" aria-label="Mark ${nameRow(listing, row)}" .checked=${isMarked} @click=${(event) => { event.preventDefault(); mark(); }}>`
        : html`<span title="Not public yet">N/A</span>`}
    </div>
    <div class="cell-picture" role="gridcell" aria-colindex="2" data-column="1" tabindex=${sight.active === 1 ? 0 : -1}>${drawPicture(shown, row, sight)}</div>
    ${cells}
  </div>`;
}

/** @param {any[]} row */
function drawPicture({ listing, href }, row, { isPictured }) {
  const [id, plane] = [row[listing.keys.id], row[listing.keys.plane]];
  if (!id) return nothing;
  const picture = plane && isPictured ? keyed(plane, renderThumbnail(`preview/${plane}/thumbnail.png`)) : nothing;
  return html`<a href=${href({ view: "image", id })} tabindex="-1" aria-label="Open ${nameRow(listing, row)}">${picture}</a>`;
}

function drawCell({ listing, state, href }, row, { column, place }, number, { active }) {
  const text = writeValue(column, row[place], state.units);
  const id = row[listing.keys.id];
  return html`<div role="gridcell" aria-colindex=${number + 1} data-column=${number} tabindex=${active === number ? 0 : -1} class=${column.isNumber ? "figures" : ""} title=${text}
    >${id && LINKED.has(column.name) ? html`<a href=${href({ view: "image", id })} tabindex="-1">${text}</a>` : text}</div>`;
}

/** On a phone: the first values that tell one image from another. */
function drawCard({ listing, state, href }, row, { active }) {
  const id = row[listing.keys.id];
  const values = new Map(listing.columns.map(({ column, place }) => [column.name, writeValue(column, row[place], state.units)]));
  const all = listing.columns.map(({ column }) => values.get(column.name));
  const known = (...names) => names.map((name) => values.get(name)).filter(Boolean);
  const isOurs = values.has("target") || values.has("observation");
  const lines = isOurs ? [known("target", "observation")[0] ?? nameRow(listing, row), known("collection", "instrument", "filter").join(" · "), known("start", "exposure").join(" · ")] : [all[0], all.slice(1, 4).join(" · "), ""];
  return html`<div class="cell-card" role="gridcell" aria-colindex="3" data-column="2" tabindex=${active === 2 ? 0 : -1}>
    ${id ? html`<a href=${href({ view: "image", id })} tabindex="-1">${lines[0]}</a>` : html`<strong>${lines[0]}</strong>`}<span>${lines[1]}</span><span>${lines[2]}</span></div>`;
}

/** Name the image of a row for those who do not see it. */
function nameRow({ keys }, row) {
  return String(row[keys.id] ?? "this row").replace(/^.*\?/, "");
}
