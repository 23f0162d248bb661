/**
 * A grid of nodes (the grid pattern of WAI-ARIA): pictures or counts, states, strokes, keys and zoom.
 *
 * Properties: `lattice`, `cells` (by node), `cycle` (states in the order of clicks), `caption`, `legend` (what
 * dark shades mean), `picture` (URL or null), `shown` ("pictures" or "counts"), `paintsByFinger`. Events: `choose` {nodes, state}, `look` {node or null, stays}
 * - what a pointer passes does not stay, what has the focus does -, `picture` when there is one.
 */

import { Drawn } from "./drawn.js";
import { neighbour, nodeAt, nodesBetween, rowsDownward } from "./lattice.js";
import { followPointer } from "./strokes.js";
import { html, nothing } from "./vendor/lit-html.js";
import { centre, STEP, Zoom } from "./zoom.js";

/** @typedef {"off" | "include" | "exclude"} State */
/**
 * What a cell shows: `level` 0 to 9 is its shade; `faint` cells step back, `found` ones stand out.
 * @typedef {{name: string, text: string, level: number, state: State, faint: boolean, found: boolean}} Cell
 */

const SAID = { off: "", include: ", included", exclude: ", excluded" };
const STEPS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
  PageUp: [0, 5], PageDown: [0, -5], Home: [-Infinity, 0], End: [Infinity, 0],
};
const TRIES = 3;
const WAIT = 4000; // ms
const ZOOMS = { "+": STEP, "=": STEP, "-": 1 / STEP, "0": 0 };

class NodeGrid extends Drawn {
  #lattice = { width: 1, height: 1 };
  #cells = [];
  #stroke = null;
  #reached = null;
  #seen = null;
  #zoom = null;
  #pictured = false;
  #tries = 0;
  #settings = { cycle: ["off", "include"], caption: "", legend: "", picture: null, shown: "counts", paintsByFinger: false };

  set lattice(lattice) {
    if (lattice === this.#lattice) return;
    this.#lattice = lattice;
    this.#reached = null;
    this.changed();
  }

  /** Once the page knows of a stroke it needs no memory of its own. */
  set cells(cells) {
    if (cells === this.#cells) return;
    this.#cells = cells;
    if (this.#stroke?.ended) this.#stroke = null;
    this.changed();
  }

  set cycle(cycle) { this.#set({ cycle }); }
  set caption(caption) { this.#set({ caption }); }
  set legend(legend) { this.#set({ legend }); }
  set picture(picture) { this.#set({ picture }); }
  set shown(shown) { this.#set({ shown }); }
  set paintsByFinger(paintsByFinger) { this.#set({ paintsByFinger }); }

  /** Move the focus to a node. */
  focusNode(node) {
    this.#reach(node);
    this.querySelector(`[data-node="${node}"]`)?.focus();
  }

  template() {
    const { caption, legend, picture, shown, paintsByFinger } = this.#settings;
    return html`
      <div class="board-view" ?data-paints=${paintsByFinger}>
        <div class="board" data-shown=${this.#pictured ? shown : "counts"}>
          ${picture ? html`<img class="board-picture" alt="" src=${picture} ?hidden=${!this.#pictured || shown === "counts"}
            @load=${this.#seePicture} @error=${this.#missPicture}>` : nothing}
          <div role="grid" aria-label=${caption} aria-multiselectable="true"
            @keydown=${this.#press} @click=${this.#tap} @focusin=${this.#enter}>
            ${rowsDownward(this.#lattice).map((row) => html`<div role="row">${row.map((node) => this.#draw(node))}</div>`)}
          </div>
        </div>
      </div>
      <div class="board-foot">
        <p class="board-legend"><span class="board-ramp" aria-hidden="true"></span>${legend}</p> ${this.#controls()}
      </div>`;
  }

  /** The board is there once and for all after the first time. */
  drawn() {
    if (this.#zoom) return;
    const [view, board] = [this.querySelector(".board-view"), this.querySelector(".board")];
    this.#zoom = new Zoom(view, board, () => this.changed());
    followPointer(board, {
      nodeAt: (point) => nodeAt(this.#lattice, board.getBoundingClientRect(), point),
      paintsByFinger: () => this.#settings.paintsByFinger,
      begin: (node) => this.#begin(node),
      extend: (node) => this.#extend(node),
      end: (done) => this.#end(done),
      look: (node) => this.#look(node),
    });
  }

  #set(settings) {
    if (Object.entries(settings).every(([name, value]) => this.#settings[name] === value)) return;
    Object.assign(this.#settings, settings);
    this.changed();
  }

  #seePicture() {
    this.#pictured = true;
    this.changed();
    this.#tell("picture", {});
  }

  /** It may be drawn just now: a map has only one. */
  #missPicture({ target }) {
    this.#tries += 1;
    if (this.#tries <= TRIES) setTimeout(() => (target.src = this.#settings.picture), this.#tries * WAIT);
  }

  #draw(node) {
    const cell = this.#cells[node];
    if (!cell) return html`<div role="gridcell" class="cell"></div>`;
    const state = this.#stateOf(node);
    return html`<div role="gridcell" class="cell" data-node=${node} data-level=${cell.level} data-state=${state}
      ?data-faint=${cell.faint} ?data-found=${cell.found} tabindex=${node === this.#start() ? 0 : -1} aria-selected=${state !== "off"}
      aria-label=${cell.name + SAID[state]}><span>${cell.text}</span></div>`;
  }

  #controls() {
    const factor = this.#zoom?.factor ?? 1;
    const button = (label, sign, by, disabled) => html`
      <button type="button" class="plain" title=${label} aria-label=${label} ?disabled=${disabled}
        @click=${() => this.#zoom.by(by)}>${sign}</button>`;
    return html`<div class="board-zoom" role="group" aria-label="Zoom">
      ${button("Zoom in (+)", "+", STEP, false)}
      ${button("Zoom out (−)", "−", 1 / STEP, factor === 1)}
      ${button("See the whole map (0)", "⤢", 0, factor === 1)}
    </div>`;
  }

  /** The one node that Tab leads to. */
  #start() {
    return this.#reached ?? this.#lattice.width * (this.#lattice.height - 1);
  }

  #stateOf(node) {
    return this.#stroke?.nodes.has(node) ? this.#stroke.state : this.#cells[node].state;
  }

  #next(node) {
    const { cycle } = this.#settings;
    return cycle[(cycle.indexOf(this.#stateOf(node)) + 1) % cycle.length];
  }

  #begin(node) {
    this.#stroke = { state: this.#next(node), nodes: new Set([node]), last: node, ended: false };
    this.#reach(node);
  }

  #extend(node) {
    if (node === this.#stroke.last) return;
    for (const passed of nodesBetween(this.#lattice, this.#stroke.last, node)) this.#stroke.nodes.add(passed);
    this.#stroke.last = node;
    this.#look(node);
    this.changed();
  }

  #end(done) {
    const { nodes, state } = this.#stroke;
    this.#stroke = done ? { ...this.#stroke, ended: true } : null;
    this.changed();
    if (done) this.#tell("choose", { nodes: [...nodes], state });
  }

  #choose(node) {
    this.#begin(node);
    this.#end(true);
  }

  #reach(node) {
    this.#reached = node;
    this.changed();
  }

  #look(node, stays = false) {
    this.#tell("look", { node, stays });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #enter(event) {
    const node = nodeOf(event.target);
    if (node === null) return;
    this.#reach(node);
    this.#look(node, true);
  }

  /** A finger's first tap looks, its second chooses; readers of the screen press without a pointer. */
  #tap(event) {
    const node = nodeOf(event.target);
    if (node === null || this.#settings.paintsByFinger) return;
    if (event.pointerType === "touch" && this.#seen !== node) this.#seen = node;
    else if (event.pointerType === "touch" || event.detail === 0) this.#choose(node);
  }

  #press(event) {
    const node = nodeOf(event.target);
    if (node === null || event.altKey || event.metaKey) return;
    const done = this.#step(event, node) || this.#act(event, node);
    if (done) event.preventDefault();
  }

  /** Arrows move; with Shift they paint what they pass. */
  #step({ key, shiftKey, ctrlKey }, node) {
    if (!(key in STEPS)) return false;
    const [right, up] = STEPS[key];
    const target = neighbour(this.#lattice, node, ctrlKey && !Number.isFinite(right) ? [right, -right] : [right, up]);
    if (shiftKey) this.#paint(node, target);
    this.focusNode(target);
    return true;
  }

  #paint(from, to) {
    const nodes = nodesBetween(this.#lattice, from, to);
    this.#stroke = { state: this.#stateOf(from), nodes: new Set(nodes), last: to, ended: false };
    this.#end(true);
  }

  #act({ key, ctrlKey, target }, node) {
    if (key === " " || key === "Enter") this.#choose(node);
    else if (key in ZOOMS && !ctrlKey) this.#zoom.by(ZOOMS[key], centre(target));
    else return false;
    return true;
  }
}

function nodeOf(element) {
  const cell = element.closest("[data-node]");
  return cell && Number(cell.dataset.node);
}

customElements.define("node-grid", NodeGrid);
