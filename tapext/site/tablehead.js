/** The head of the table: titles that sort, units that switch, and the filter row. */

import { findUnit } from "./columns.js";
import { html, live, nothing } from "./vendor/lit-html.js";

const SIGNS = { ascending: "▲", descending: "▼" };

/**
 * @param {import("./table.js").Shown} shown
 * @param {(name: string, detail: object) => void} tell
 */
export function drawHead({ listing, state }, tell) {
  return html`<div class="grid-head" role="rowgroup">
    <div class="grid-row heads" role="row" aria-rowindex="1">
      <div role="columnheader" aria-colindex="1">Mark</div>
      <div role="columnheader" aria-colindex="2">Preview</div>
      ${listing.columns.map(({ column }, i) => drawTitle(column, i + 3, state, tell))}
    </div>
    <div class="grid-row filters" role="row" aria-rowindex="2">
      <div role="gridcell" aria-colindex="1" class="filter-name">Filter:</div>
      <div role="gridcell" aria-colindex="2"></div>
      ${listing.columns.map(({ column }, i) => drawFilter(column, i + 3, state, tell))}
    </div>
  </div>`;
}

function drawTitle(column, number, { sort, units }, tell) {
  const direction = sort === column.name ? "ascending" : sort === `-${column.name}` ? "descending" : "none";
  const next = direction === "ascending" ? `-${column.name}` : column.name;
  return html`<div role="columnheader" aria-colindex=${number} aria-sort=${direction} class=${column.isNumber ? "figures" : ""}>
    <button type="button" class="plain title" title="${column.description}. Sort by it." @click=${() => tell("sort", { sort: next })}
      >${column.title}<span aria-hidden="true" class="sign">${SIGNS[direction] ?? ""}</span></button>
    ${drawUnit(column, units, tell)}
  </div>`;
}

function drawUnit(column, units, tell) {
  if (!column.units) return nothing;
  const number = findUnit(column, units);
  const { unit } = column.units[number];
  if (column.units.length === 1) return html`<small>${unit}</small>`;
  const next = column.units[(number + 1) % column.units.length].unit;
  return html`<button type="button" class="plain unit" title="Show in ${next}" aria-label="${column.title} in ${unit}; show in ${next}" @click=${() => tell("unit", { column })}>${unit}</button>`;
}

function drawFilter(column, number, { where }, tell) {
  return html`<div role="gridcell" aria-colindex=${number}>
    <input type="search" aria-label="Filter ${column.title}" title=${column.isNumber ? "Such as > 5, 5..10, or a part of what is written" : "A part of the text; =exactly, !not"}
      .value=${live(where.get(column.name) ?? "")} @input=${({ target }) => tell("where", { name: column.name, text: target.value })}>
  </div>`;
}
