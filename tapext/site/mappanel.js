/** What both maps have in common: a grid of nodes, what is known of the one looked at, and the ways to see it. */

import { Drawn } from "./drawn.js";
import { askMaps } from "./nodes.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./grid.js";
import "./nodecard.js";

const WAYS = { pictures: "Pictures", counts: "Counts" };

/** @typedef {import("./nodes.js").NodeMap} NodeMap */
/** @typedef {import("./nodes.js").Node} Node */
/** @typedef {import("./grid.js").State} State */

/** A panel of the results; a subclass says what its map is of, and what it means to choose a node. */
export class MapPanel extends Drawn {
  /** Which of the maps: "object" or "field". */
  kind = "";
  /** States of a node in the order of clicks. */
  cycle = ["off", "include"];
  #context = null;
  #looked = null;
  #kept = null;
  #shown = "pictures";
  #paints = false;
  #pictured = false;

  /** @param {object} context as app.js describes it */
  set context(context) {
    this.#context = context;
    this.changed();
  }

  get context() {
    return this.#context;
  }

  /** The map, once it is known. */
  get map() {
    return this.#context.data.peek("maps")?.value?.[this.kind];
  }

  template() {
    if (!this.#context) return nothing;
    const { value, error } = this.#context.data.ask("maps", askMaps);
    if (error) return this.#refuse(error);
    if (!value) return html`<p class="spoken" role="status">Loading the map…</p><div class="board-view board-waits"></div>`;
    if (!this.map?.nodes.some(({ nImages }) => nImages)) return drawEmpty();
    return html`<div class="map">${this.above()} ${this.#tools()} ${this.#grid()} ${this.below()} ${this.#card()}</div>`;
  }

  /** Move to a node of the grid. */
  goTo(node) {
    this.querySelector("node-grid").focusNode(node);
  }

  /** No node is looked at any more. */
  lookAway() {}

  #refuse(error) {
    const again = () => {
      this.#context.data.drop("maps");
      this.#context.refresh();
    };
    return html`<div class="notice" role="alert"><p>The map could not be loaded. ${error}</p>
      <button type="button" @click=${again}>Try again</button></div>`;
  }

  #tools() {
    const way = (one) => html`<button type="button" aria-pressed=${this.#shown === one}
      @click=${() => this.#show(one)}>${WAYS[one]}</button>`;
    return html`<div class="map-tools">
      ${this.#pictured ? html`<div role="group" aria-label="Show">${Object.keys(WAYS).map(way)}</div>` : nothing}
      <button type="button" class="enlarge" aria-pressed=${this.hasAttribute("data-large")} @click=${() => this.#enlarge()}>Enlarge</button>
      <button type="button" class="by-finger" aria-pressed=${this.#paints} @click=${() => this.#paint()}>Paint by finger</button>
    </div>`;
  }

  #grid() {
    return html`<node-grid .lattice=${this.map} .cells=${this.cells()} .cycle=${this.cycle} .caption=${this.caption}
      .legend=${this.legend} .picture=${`preview/map/${this.map.mapID}.png`} .shown=${this.#shown} .paintsByFinger=${this.#paints}
      @look=${this.#look} @picture=${this.#see} @choose=${({ detail }) => this.choose(detail.nodes, detail.state)}></node-grid>`;
  }

  #card() {
    const node = this.map.nodes[this.#looked ?? this.#kept] ?? null;
    const samples = this.#pictured ? (rank) => `${this.samples}/${this.map.mapID}/${node.node}/${rank}.png` : null;
    const shown = { node, images: this.#context.data.peek("maps").value.images, states: this.cycle, samples, ...(node ? this.about(node) : this.lookAway()) };
    return html`<node-card .shown=${shown} @choose=${({ detail }) => this.choose([node.node], detail.state)}
      @least=${({ detail }) => this.demand(node.node, detail.least)}></node-card>`;
  }

  /** What a pointer passes is shown while it is there; what has the focus stays. */
  #look({ detail: { node, stays } }) {
    if (stays) this.#kept = node;
    if (stays || node !== null || this.#kept !== null) this.#looked = stays ? null : node;
    this.changed();
  }

  #see() {
    this.#pictured = true;
    this.changed();
  }

  #show(way) {
    this.#shown = way;
    this.changed();
  }

  #enlarge() {
    this.toggleAttribute("data-large");
    this.changed();
  }

  #paint() {
    this.#paints = !this.#paints;
    this.changed();
  }
}

function drawEmpty() {
  return html`<div class="map-empty"><p><strong>There is no map yet.</strong></p>
    <p>It appears here once images of the archive have been described, which <code>caom-ai fingerprint</code> does.</p></div>`;
}
