/**
 * The table of results: a grid (WAI-ARIA) of any number of rows, of which only those in sight are elements.
 *
 * Properties: `shown` (a Shown). Events: `mark` {row}, `sort` {name}, `where` {name, text}, `unit` {column}, `open` {row}.
 */

import { drawHead } from "./tablehead.js";
import { Drawn } from "./drawn.js";
import { drawRow } from "./tablerow.js";
import { html, repeat } from "./vendor/lit-html.js";

const TEXT = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // 2 for who reads letters of twice the size
const HEIGHT = { wide: 44 * TEXT, narrow: 72 * TEXT };
const BEYOND = 6; // rows above and below those in sight
const REST = 140; // ms without scrolling until pictures are asked for
const PAGE = 10;
const PHONE = matchMedia("(max-width: 40em)");

/**
 * @typedef {object} Shown
 * @property {import("./listing.js").Listing} listing
 * @property {import("./state.js").State} state
 * @property {Set<string>} marked
 * @property {(change: object) => string} href
 * @property {boolean} isStale whether newer rows are on their way
 */

class ResultTable extends Drawn {
  #shown = null;
  #top = 0;
  #room = 800;
  #pictured = [0, 0];
  #active = { row: 0, column: 0 };
  #moves = false;
  #rest = 0;
  #watch = new ResizeObserver(() => this.#measure());

  /** @param {Shown} shown */
  set shown(shown) {
    const isOther = this.#shown?.listing.rows !== shown.listing.rows;
    this.#shown = shown;
    if (isOther) this.#goHome();
    this.changed();
  }

  connectedCallback() {
    super.connectedCallback();
    PHONE.addEventListener("change", this.#rearrange);
  }

  disconnectedCallback() {
    this.#watch.disconnect();
    PHONE.removeEventListener("change", this.#rearrange);
  }

  /** Height of a row in pixels. */
  get height() {
    return PHONE.matches ? HEIGHT.narrow : HEIGHT.wide;
  }

  #rearrange = () => this.changed();

  template() {
    if (!this.#shown) return html``;
    const { listing, isStale } = this.#shown;
    const { columns, order } = listing;
    const widths = `--columns: 3.25rem 4.25rem ${columns.map(({ column }) => `${column.width / 16}rem`).join(" ")}; --height: ${this.height}px`;
    return html`<div class="grid-view" role="grid" aria-label="Images found" aria-rowcount=${order.length + 2} aria-colcount=${columns.length + 2}
        aria-busy=${isStale ? "true" : "false"} ?data-stale=${isStale} ?data-narrow=${PHONE.matches} .style=${widths}
        @scroll=${this.#scroll} @keydown=${this.#press} @focusin=${this.#enter}>
      ${drawHead(this.#shown, (name, detail) => this.#tell(name, detail))}
      <div class="grid-body" role="rowgroup" .style=${`height: ${order.length * this.height}px`}>
        ${repeat(this.#rowsDrawn(), (place) => place, (place) => this.#drawRow(place))}
      </div>
    </div>`;
  }

  drawn() {
    const view = this.querySelector(".grid-view");
    if (view) this.#watch.observe(view);
    if (!this.#moves) return;
    this.#moves = false;
    this.querySelector(`[data-row="${this.#active.row}"] [data-column="${this.#active.column}"]`)?.focus({ preventScroll: true });
  }

  /** Places of the rows that are elements: those in sight, and the one that has the focus. */
  #rowsDrawn() {
    const { order } = this.#shown.listing;
    const [first, last] = this.#span(BEYOND);
    const places = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
    const { row } = this.#active;
    if (row < first && row < order.length) places.unshift(row);
    if (row >= last && row < order.length) places.push(row);
    return places;
  }

  #span(beyond) {
    const { length } = this.#shown.listing.order;
    const first = Math.floor(this.#top / this.height) - beyond;
    const last = Math.ceil((this.#top + this.#room) / this.height) + beyond;
    return [Math.max(0, Math.min(first, length)), Math.max(0, Math.min(last, length))];
  }

  #drawRow(place) {
    const { listing } = this.#shown;
    const row = listing.rows[listing.order[place]];
    const isPictured = place >= this.#pictured[0] && place < this.#pictured[1];
    const active = this.#active.row === place ? this.#active.column : -1;
    return drawRow(this.#shown, row, { place, top: place * this.height, isPictured, active, isNarrow: PHONE.matches }, () => this.#tell("mark", { row }));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #scroll = ({ target }) => {
    this.#top = target.scrollTop;
    this.#restSoon();
    this.changed();
  };

  /** Ask for pictures once the rows stand still. */
  #restSoon() {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#pictured = this.#span(1);
      this.changed();
    }, REST);
  }

  #measure() {
    const view = this.querySelector(".grid-view");
    if (!view || view.clientHeight === this.#room) return;
    this.#room = view.clientHeight;
    this.#restSoon();
    this.changed();
  }

  #goHome() {
    this.#top = 0;
    this.#active = { row: 0, column: 0 };
    this.#pictured = [0, 0];
    this.#restSoon();
    this.querySelector(".grid-view")?.scrollTo(0, 0);
  }

  /** A cell that was clicked is where the arrow keys start. */
  #enter = ({ target }) => {
    const cell = target.closest("[data-column]");
    const row = cell?.closest("[data-row]");
    if (!row) return;
    this.#active = { row: Number(row.dataset.row), column: Number(cell.dataset.column) };
    this.changed();
  };

  #press = (event) => {
    if (!event.target.closest(".grid-body") || event.altKey || event.metaKey) return;
    const { listing } = this.#shown;
    const row = listing.rows[listing.order[this.#active.row]];
    const steps = this.#steps(event);
    if (steps) this.#move(...steps);
    else if (event.key === " ") this.#tell("mark", { row });
    else if (event.key === "Enter" && event.target.matches("[role=gridcell]")) this.#tell("open", { row });
    else return;
    event.preventDefault();
  };

  #steps({ key, ctrlKey }) {
    const { row, column } = this.#active;
    const columns = PHONE.matches ? 2 : this.#shown.listing.columns.length + 1;
    const rows = this.#shown.listing.order.length - 1;
    const places = {
      ArrowDown: [row + 1, column], ArrowUp: [row - 1, column], ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
      PageDown: [row + PAGE, column], PageUp: [row - PAGE, column],
      Home: [ctrlKey ? 0 : row, 0], End: [ctrlKey ? rows : row, columns],
    };
    const place = places[key];
    return place && [Math.max(0, Math.min(place[0], rows)), Math.max(0, Math.min(place[1], columns))];
  }

  #move(row, column) {
    this.#active = { row, column };
    this.#moves = true;
    const view = this.querySelector(".grid-view");
    const head = view.querySelector(".grid-head").offsetHeight;
    const [top, bottom] = [row * this.height, (row + 1) * this.height + head];
    if (top < view.scrollTop) view.scrollTop = top;
    else if (bottom > view.scrollTop + view.clientHeight) view.scrollTop = bottom - view.clientHeight;
    this.changed();
  }
}

customElements.define("result-table", ResultTable);
