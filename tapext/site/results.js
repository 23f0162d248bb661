/** The results: filters, both maps, and the table with what can be done with it. */

import { renderFilters } from "./filters.js";
import { askAgain, askResults } from "./found.js";
import { renderFoundBar } from "./foundbar.js";
import { renderPanel as renderMap1 } from "./map1.js";
import { renderPanel as renderMap2 } from "./map2.js";
import { findMarks, renderMarkBar, toggleMark } from "./markbar.js";
import { renderQuery } from "./querypanel.js";
import { clearFilters } from "./state.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./table.js";

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

function renderFound(context) {
  const { state, go, href } = context;
  const found = askResults(context);
  const { listing, error, isStale, query } = found;
  const marks = listing && findMarks(context, found);
  const acts = {
    mark: ({ detail }) => toggleMark(context, found, marks, detail.row),
    sort: ({ detail }) => go({ sort: detail.sort }),
    where: ({ detail }) => go({ where: new Map(state.where).set(detail.name, detail.text) }, "replace"),
    unit: ({ detail }) => go({ units: switchUnit(state.units, detail.column) }, "replace"),
    open: ({ detail }) => listing.keys.id >= 0 && go({ view: "image", id: detail.row[listing.keys.id] }),
  };
  return html`${renderFoundBar(context, found)} ${renderQuery(context, query)}
    ${error ? drawError(context, error) : nothing}
    ${listing?.keys.id >= 0 ? renderMarkBar(context, found, marks) : nothing}
    ${!listing && !error ? drawWaiting() : nothing}
    ${listing && !isStale && !listing.order.length && !found.pending ? drawEmpty(context, listing) : nothing}
    ${listing && (listing.order.length || state.where.size) ? html`<result-table .shown=${{ listing, state, marked: marks.marked, href, isStale }}
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

function drawError(context, error) {
  const { state, go } = context;
  return html`<div class="notice" role="alert"><p><strong>${state.adql ? "Your query was refused." : "The search failed."}</strong> ${error}</p>
    <p><button type="button" @click=${() => askAgain(context)}>Try again</button>
    ${state.adql ? html`<button type="button" @click=${() => go({ adql: "", sort: "-start" })}>Back to the filters</button>` : nothing}</p></div>`;
}

function drawEmpty({ state, go }, { rows }) {
  if (rows.length) return nothing;
  return html`<div class="empty"><h2>Nothing found</h2>
    <p>No image of this archive fits all of the filters. Widen one of them: a larger radius, fewer nodes, or All under Intent.</p>
    <button type="button" @click=${() => go(clearFilters(state))}>Clear the filters</button></div>`;
}
