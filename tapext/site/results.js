/** The results: filters, both maps, and the table with what can be done with it. */

import { writeQuery } from "./adql.js";
import { findColumns, layOut, writeOrder } from "./columns.js";
import { renderFilters } from "./filters.js";
import { renderFoundBar } from "./foundbar.js";
import { listAnything, listImages, orderRows } from "./listing.js";
import { renderPanel as renderMap1 } from "./map1.js";
import { renderPanel as renderMap2 } from "./map2.js";
import { findMarks, renderMarkBar, toggleMark } from "./markbar.js";
import { renderQuery } from "./querypanel.js";
import { clearFilters } from "./state.js";
import { ask } from "./tap.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./table.js";

const MOST = 30000;
const PANELS = { found: "Results", map1: "Map 1", map2: "Map 2" };

/** Name the results for the browser's tab. */
export function title() {
  return "Search";
}

/** Draw the results. */
export function render(context) {
  const shown = context.keep("panel", () => ({ panel: "found", map1: true, map2: true }));
  return html`<div class="results" data-panel=${shown.panel}>
    <h1 class="spoken">Search the archive</h1>
    <div class="filters-bar">${renderFilters(context)}</div>
    <nav class="panels" aria-label="Parts of the results">${Object.entries(PANELS).map(([name, words]) => drawSwitch(context, shown, name, words))}</nav>
    <section class="maps" aria-label="Maps">
      ${drawMap(shown, "map1", html`Map 1 <span class="dim">objects</span>`, renderMap1(context))}
      ${drawMap(shown, "map2", html`Map 2 <span class="dim">images</span>`, renderMap2(context))}
    </section>
    <section class="found" aria-label="Results">${renderFound(context)}</section>
  </div>`;
}

function drawSwitch({ refresh }, shown, name, words) {
  const show = () => {
    shown.panel = name;
    refresh();
  };
  return html`<button type="button" aria-pressed=${shown.panel === name} @click=${show}>${words}</button>`;
}

function drawMap(shown, name, title, map) {
  return html`<details class="${name}-panel" ?open=${shown[name]} @toggle=${({ target }) => { shown[name] = target.open; }}>
    <summary>${title}</summary><div>${map}</div></details>`;
}

/**
 * Ask for what is shown. Rows that are complete are sorted here; else the service sorts, which has them all.
 * @returns {{query: string, listing: ?import("./listing.js").Listing, pending: boolean, error?: string, isStale: boolean}}
 */
export function askResults({ state, data, keep }) {
  const memory = keep("results", () => ({ listing: null, base: "", sorted: "", key: "" }));
  const columns = findColumns(state);
  const { select, places } = layOut(columns);
  const base = state.adql || writeQuery(state, { select });
  const order = state.adql ? "" : writeOrder(state.sort);
  const query = order ? `${base}\nORDER BY ${order}` : base;
  const isHere = memory.base === base && data.peek(memory.key)?.value?.overflow === false && !data.peek(memory.key).pending;
  if (!isHere) take(memory, { base, sorted: state.sort, key: `results ${query}` }, data);
  const answer = data.ask(memory.key, (signal, part) => ask(state.adql || query, { signal, most: MOST, onRows: part }));
  if (answer.value) {
    const listing = state.adql ? listAnything(answer.value) : listImages(answer.value, columns, places);
    listing.order = orderOnce(memory, listing, state, memory.sorted === state.sort || !answer.value.rows.length);
    memory.listing = listing;
  }
  return { query, listing: answer.error ? null : memory.listing, pending: answer.pending, error: answer.error, isStale: !answer.value };
}

/** Stop a question that nobody waits for any more. */
function take(memory, next, data) {
  if (memory.key !== next.key && data.peek(memory.key)?.pending) data.drop(memory.key);
  Object.assign(memory, next);
}

/** Filtering and sorting thousands of rows is done once, not at every refresh. */
function orderOnce(memory, listing, { where, sort, units }, isSorted) {
  const of = [listing.rows, listing.rows.length, [...where].join(), sort, units.join(), isSorted];
  if (memory.of?.every((one, i) => one === of[i])) return memory.order;
  Object.assign(memory, { of, order: orderRows(listing, { where, sort, units, isSorted }) });
  return memory.order;
}

function renderFound(context) {
  const { state, go, href } = context;
  const found = askResults(context);
  const { listing, error, isStale, query } = found;
  const marked = listing ? findMarks(context, listing) : new Set();
  const acts = {
    mark: ({ detail }) => toggleMark(context, listing, marked, detail.row),
    sort: ({ detail }) => go({ sort: detail.sort }),
    where: ({ detail }) => go({ where: new Map(state.where).set(detail.name, detail.text) }, "replace"),
    unit: ({ detail }) => go({ units: switchUnit(state.units, detail.column) }, "replace"),
    open: ({ detail }) => listing.keys.id >= 0 && go({ view: "image", id: detail.row[listing.keys.id] }),
  };
  return html`${renderFoundBar(context, found)} ${renderQuery(context, query)}
    ${error ? drawError(context, error) : nothing}
    ${listing?.keys.id >= 0 ? renderMarkBar(context, marked) : nothing}
    ${!listing && !error ? drawWaiting() : nothing}
    ${listing && !isStale && !listing.order.length && !found.pending ? drawEmpty(context, listing) : nothing}
    ${listing && (listing.order.length || state.where.size) ? html`<result-table .shown=${{ listing, state, marked, href, isStale }}
      @mark=${acts.mark} @sort=${acts.sort} @where=${acts.where} @unit=${acts.unit} @open=${acts.open}></result-table>` : nothing}`;
}

function switchUnit(units, column) {
  const others = units.filter((word) => word.replace(/\d$/, "") !== column.name);
  const now = units.find((word) => word.replace(/\d$/, "") === column.name);
  const next = (Number(now?.at(-1) ?? 0) + 1) % column.units.length;
  return next ? [...others, `${column.name}${next}`] : others;
}

function drawWaiting() {
  return html`<div class="waiting" role="status"><p class="spoken">Searching…</p>${Array.from({ length: 8 }, () => html`<span></span>`)}</div>`;
}

function drawError({ state, go, data, keep, refresh }, error) {
  const again = () => {
    data.drop(keep("results").key);
    refresh();
  };
  return html`<div class="notice" role="alert"><p><strong>${state.adql ? "Your query was refused." : "The search failed."}</strong> ${error}</p>
    <p><button type="button" @click=${again}>Try again</button>
    ${state.adql ? html`<button type="button" @click=${() => go({ adql: "", sort: "-start" })}>Back to the filters</button>` : nothing}</p></div>`;
}

function drawEmpty({ state, go }, { rows }) {
  if (rows.length) return nothing;
  return html`<div class="empty"><h2>Nothing found</h2>
    <p>No image of this archive fits all of the filters. Widen one of them: a larger radius, fewer nodes, or All under Intent.</p>
    <button type="button" @click=${() => go(clearFilters(state))}>Clear the filters</button></div>`;
}
