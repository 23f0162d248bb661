/** A picture of an image with its objects marked: zoom by wheel, pinch, buttons and keys, drag to move. */

import { Drawn } from "./drawn.js";
import { centre, pan, placePicture, reveal, wholeView, zoom } from "./frame.js";
import { html, nothing, svg } from "./vendor/lit-html.js";

const STEP = 1.5;
const STILL = 4; // pixels of the screen that a click may move
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FACTORS = { "+": STEP, "=": STEP, "-": 1 / STEP, _: 1 / STEP, 0: 0 };

/**
 * @typedef {object} Mark
 * @property {number} x @property {number} y place on the picture, as frame.js measures
 * @property {number} rx @property {number} ry
 * @property {number} angle degrees, clockwise on the screen
 * @property {number} colour 0 to 7
 * @property {boolean} raised whether it belongs to what is pointed at elsewhere
 * @property {boolean} hidden
 * @property {string} title
 *
 * @typedef {object} Shown
 * @property {string} name of the image
 * @property {import("./frame.js").Size} size
 * @property {string | null} address of the picture, null while there is none
 * @property {import("./frame.js").Size} [picture] its own size, that of the image unless given
 * @property {string} words in place of the picture
 * @property {Mark[]} marks
 * @property {number | null} selected
 */

/** The element <sky-preview>; it says `choose` with the number of a mark, or null. */
export class SkyPreview extends Drawn {
  /** @type {Shown} */
  #shown = { name: "an image", size: { width: 4, height: 3 }, address: null, words: "", marks: [], selected: null };
  #view = wholeView(this.#shown.size);
  /** @type {Map<number, PointerEvent>} */
  #fingers = new Map();
  #travelled = 0;

  /** @param {Shown} shown */
  set shown(shown) {
    const { name, size: { width, height } } = this.#shown;
    const isOther = shown.name !== name || shown.size.width !== width || shown.size.height !== height;
    if (isOther) this.#view = wholeView(shown.size);
    this.#shown = shown;
    this.changed();
  }

  template() {
    const { name, words, address } = this.#shown;
    return html`
      <div class=${this.#near ? "viewport near" : "viewport"} role="group" tabindex="0"
        aria-label="Picture of ${name}. Plus and minus zoom, 0 shows all, arrow keys move."
        @keydown=${this.#press} @pointerdown=${this.#touch} @pointermove=${this.#drag}
        @pointerup=${this.#release} @pointercancel=${this.#release}
        @wheel=${{ handleEvent: (/** @type {WheelEvent} */ event) => this.#turn(event), passive: false }}>
        ${this.#drawing()}
        ${address ? nothing : html`<p class="placeholder">${words}</p>`}
      </div>
      <div class="zooming" role="group" aria-label="Zoom">
        <button type="button" @click=${() => this.#zoom(STEP)} aria-label="Zoom in">+</button>
        <button type="button" @click=${() => this.#zoom(1 / STEP)} aria-label="Zoom out">−</button>
        <button type="button" @click=${() => this.#zoom(0)}>All</button>
      </div>`;
  }

  #drawing() {
    const { size, address, picture = size, marks } = this.#shown;
    const { x, y, width, height } = placePicture(size, picture);
    return svg`<svg viewBox=${this.#box} width=${size.width} height=${size.height}>
      <rect class="ground" width=${size.width} height=${size.height}></rect>
      ${address ? svg`<image href=${address} x=${x} y=${y} width=${width} height=${height}
        preserveAspectRatio="none"></image>` : nothing}
      ${marks.some((mark) => !mark.hidden) ? this.#objects(marks) : nothing}
    </svg>`;
  }

  /** @param {Mark[]} marks */
  #objects(marks) {
    const { selected } = this.#shown;
    // The small ones last, above the large ones that they lie in.
    const order = [...marks.keys()].filter((number) => !marks[number].hidden)
      .sort((one, other) => marks[other].rx - marks[one].rx);
    return svg`<g role="listbox" tabindex="0" aria-label="Objects, the brightest first"
      aria-activedescendant=${selected === null ? nothing : `object-${selected}`}
      @keydown=${this.#step} @focus=${this.#enter}>
      ${order.map((number) => this.#mark(number, marks[number]))}</g>`;
  }

  /** @param {number} number @param {Mark} mark */
  #mark(number, { x, y, rx, ry, angle, colour, raised, title }) {
    const isSelected = number === this.#shown.selected;
    const names = ["mark", `colour-${colour}`, raised && "raised", isSelected && "selected"];
    return svg`<ellipse id=${`object-${number}`} role="option" aria-selected=${String(isSelected)}
      aria-label=${title} class=${names.filter(Boolean).join(" ")} cx=${x} cy=${y} rx=${rx} ry=${ry}
      transform=${`rotate(${angle} ${x} ${y})`} @click=${() => this.#click(number)}
      ><title>${title}</title></ellipse>`;
  }

  get #near() {
    return this.#view.width < this.#shown.size.width;
  }

  get #box() {
    const { x, y, width, height } = this.#view;
    return `${x} ${y} ${width} ${height}`;
  }

  /** @param {import("./frame.js").View} view */
  #look(view) {
    this.#view = view;
    // Thousands of marks need not be drawn anew for each step of a hand.
    this.querySelector("svg")?.setAttribute("viewBox", this.#box);
    this.querySelector(".viewport")?.classList.toggle("near", this.#near);
  }

  /** @param {number} factor 0 for all @param {import("./frame.js").Point} [point] */
  #zoom(factor, point = centre(this.#view)) {
    this.#look(zoom(this.#view, point, factor, this.#shown.size));
  }

  /** The wheel scrolls the page until somebody works in the picture; with Ctrl it zooms at once.
   * @param {WheelEvent} event */
  #turn(event) {
    if (!event.ctrlKey && !this.contains(document.activeElement)) return;
    if (event.deltaY > 0 && !this.#near && !event.ctrlKey) return;
    event.preventDefault();
    this.#zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), this.#place(event));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const arrow = ARROWS[/** @type {keyof ARROWS} */ (event.key)];
    const factor = FACTORS[/** @type {keyof FACTORS} */ (event.key)];
    if (event.ctrlKey || event.metaKey || event.altKey || (!arrow && factor === undefined)) return;
    event.preventDefault();
    if (factor !== undefined) return this.#zoom(factor);
    const { width, height } = this.#view;
    this.#look(pan(this.#view, (arrow[0] * width) / 8, (arrow[1] * height) / 8, this.#shown.size));
  }

  /** @param {PointerEvent} event */
  #touch(event) {
    if (event.button) return;
    if (!this.#fingers.size) this.#travelled = 0;
    this.#fingers.set(event.pointerId, event);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    this.#travelled += Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
    if (this.#travelled <= STILL) return;
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
    const others = [...this.#fingers.values()].filter((finger) => finger.pointerId !== event.pointerId);
    const [from, to] = [this.#place(before), this.#place(event)];
    this.#fingers.set(event.pointerId, event);
    if (others.length) this.#zoom(spread(event, others[0]) / spread(before, others[0]), this.#place(others[0]));
    else this.#look(pan(this.#view, from.x - to.x, from.y - to.y, this.#shown.size));
  }

  /** @param {PointerEvent} event */
  #release(event) {
    this.#fingers.delete(event.pointerId);
  }

  /** The place on the picture of a point of the screen. @param {MouseEvent} event */
  #place(event) {
    const drawing = /** @type {SVGSVGElement} */ (this.querySelector("svg"));
    const matrix = /** @type {DOMMatrix} */ (drawing.getScreenCTM()).inverse();
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  }

  /** @param {number} number */
  #click(number) {
    if (this.#travelled <= STILL) this.#select(number);
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const numbers = [...this.#shown.marks.keys()].filter((number) => !this.#shown.marks[number].hidden);
    const here = numbers.indexOf(this.#shown.selected ?? -1);
    const there = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1,
      Home: 0, End: numbers.length - 1 }[event.key];
    if (event.key === "Escape") return this.#select(null);
    if (there === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#select(numbers[Math.min(Math.max(there, 0), numbers.length - 1)]);
  }

  #enter() {
    const first = this.#shown.marks.findIndex((mark) => !mark.hidden);
    if (this.#shown.selected === null && !this.#fingers.size) this.#select(first);
  }

  /** @param {number | null} number */
  #select(number) {
    if (number !== null) this.#look(reveal(this.#view, this.#shown.marks[number], this.#shown.size));
    this.dispatchEvent(new CustomEvent("choose", { detail: number }));
  }
}

/** @param {MouseEvent} one @param {MouseEvent} other */
function spread(one, other) {
  return Math.max(Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY), 1);
}

customElements.define("sky-preview", SkyPreview);
