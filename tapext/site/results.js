// The results: filters, the table and both maps.

import { html } from "./vendor/lit-html.js";
import { renderPanel as renderMap1 } from "./map1.js";
import { renderPanel as renderMap2 } from "./map2.js";
import { findColumns, layOut, writeOrder, writeValue, KEYS } from "./columns.js";
import { writeQuery } from "./adql.js";
import { ask } from "./tap.js";

const MOST = 30000;

/** Name the results for the browser's tab. */
export function title() {
  return "Search";
}

/** Draw the results. */
export function render(context) {
  const answer = askResults(context);
  return html`<div class="results">
    <section class="maps" aria-label="Maps">${renderMap1(context)} ${renderMap2(context)}</section>
    <section class="found" aria-label="Results">${renderRows(context, answer)}</section>
  </div>`;
}

/** Ask for the images that the filters leave. */
export function askResults({ state, data }) {
  const columns = findColumns(state);
  const { select, places } = layOut(columns);
  const query = writeQuery(state, { select, order: writeOrder(state.sort) });
  const answer = data.ask(`results ${query}`, (signal, part) => ask(query, { signal, most: MOST, onRows: part }));
  return { ...answer, query, columns, places };
}

function renderRows({ state, href }, { value, error, pending, columns, places }) {
  if (error) return html`<p class="notice" role="alert">${error}</p>`;
  if (!value) return html`<p class="quiet" role="status">${pending ? "Searching…" : ""}</p>`;
  const id = places.get(KEYS.id);
  return html`<p role="status">Showing ${value.rows.length} rows.</p>
    <table>
      ${value.rows.slice(0, 30).map((row) => html`<tr><td><a href=${href({ view: "image", id: row[id] })}>Open</a></td>${columns.map((column) => html`<td>${writeValue(column, row[places.get(column.source)], state.units)}</td>`)}</tr>`)}
    </table>`;
}
