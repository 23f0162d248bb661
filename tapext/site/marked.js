/** The picture of an archived image with its objects marked: stretch, choice of part, legend. */

import { askMarked, MOST_OBJECTS } from "./archived.js";
import { count, exact } from "./nodes.js";
import { groupObjects, markObjects } from "./objects.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./preview.js";

const STRETCHES = ["asinh", "linear", "sqrt", "log"];
const WORDS = {
  none: "",
  loading: "The picture is being made…",
  there: "",
  missing: "There is no picture of this image; its objects are marked where they lie.",
};

/**
 * @typedef {object} Look how somebody looks at an image; kept while its page is open
 * @property {string} id of the image
 * @property {number} part place among the parts
 * @property {string} stretch
 * @property {number | null} object place among the objects of the part
 * @property {number | null} node of Map 1
 * @property {Set<number>} hidden colours of marks that are left out
 * @property {import("./picture.js").Picture} picture
 */

/** @param {string} id @param {import("./picture.js").Picture} picture @returns {Look} */
export function newLook(id, picture) {
  picture.clear();
  return { id, part: 0, stretch: STRETCHES[0], object: null, node: null, hidden: new Set(), picture };
}

/**
 * Ask for the objects of the part that is looked at.
 * @param {any} context @param {import("./archived.js").Image} image @param {Look} look
 * @returns {import("./data.js").Answer}
 */
export function askObjectsShown({ data }, image, look) {
  const { part } = image.parts[look.part];
  return data.ask(`objects ${look.id} ${part}`, (/** @type {AbortSignal} */ signal) => askMarked(look.id, part, signal));
}

/** @param {any} context @param {import("./archived.js").Image} image @param {Look} look */
export function renderMarked(context, image, look) {
  const part = image.parts[look.part];
  const { value, error, pending } = askObjectsShown(context, image, look);
  const objects = value ?? [];
  look.picture.want(`preview/${image.description.planeID}.png?${new URLSearchParams({ stretch: look.stretch, part: part.part })}`);
  const size = { width: part.naxis1, height: part.naxis2 };
  const groups = groupObjects(objects);
  const shown = {
    size,
    address: look.picture.address,
    picture: look.picture.size,
    words: WORDS[look.picture.state],
    marks: markObjects(objects, size, groups, { hidden: look.hidden, raised: look.node }),
    selected: look.object,
  };
  return html`
    <div class="marked-tools">${renderParts(context, image, look)} ${renderStretches(context, look)}</div>
    <sky-preview .shown=${shown} @choose=${(/** @type {CustomEvent} */ event) => choose(context, look, objects, event.detail)}></sky-preview>
    ${error ? html`<p class="notice" role="alert">The objects could not be marked. ${error}</p>` : nothing}
    <p class="dim" role="status">${pending ? "Looking for the objects…" : tellObjects(objects, part)}</p>
    ${renderLegend(context, groups, look)}`;
}

/** @param {any} context @param {Look} look @param {import("./objects.js").Found[]} objects @param {number | null} number */
function choose({ refresh }, look, objects, number) {
  Object.assign(look, { object: number, node: number === null ? null : objects[number].node });
  refresh();
}

/** @param {import("./objects.js").Found[]} objects @param {Record<string, any>} part */
function tellObjects(objects, { nDetected }) {
  if (!nDetected) return "No objects were found in this image.";
  if (!objects.length) return `${count(nDetected, "object")} were found; the archive does not keep their places.`;
  if (objects.length === MOST_OBJECTS) return `The ${exact(MOST_OBJECTS)} brightest of ${count(nDetected, "object")} are marked.`;
  const marked = objects.length < nDetected ? `, ${exact(objects.length)} of them marked` : "";
  return `${count(nDetected, "object")}${marked}. Choose one to see what it is like.`;
}

/** @param {any} context @param {import("./archived.js").Image} image @param {Look} look */
function renderParts({ refresh }, { parts }, look) {
  if (parts.length < 2) return nothing;
  const pick = (/** @type {any} */ { target }) => {
    Object.assign(look, { part: Number(target.value), object: null });
    refresh();
  };
  return html`<label>Part <select @change=${pick}>${parts.map((part, place) => html`<option value=${place}
    ?selected=${place === look.part}>${part.part} (${part.naxis1} × ${part.naxis2}, ${count(part.nDetected, "object")})</option>`)}</select></label>`;
}

/** @param {any} context @param {Look} look */
function renderStretches({ refresh }, look) {
  const pick = (/** @type {string} */ stretch) => {
    look.stretch = stretch;
    refresh();
  };
  return html`<div class="choice-row" role="group" aria-label="Stretch">${STRETCHES.map((stretch) => html`<button type="button"
    aria-pressed=${String(stretch === look.stretch)} @click=${() => pick(stretch)}>${stretch}</button>`)}</div>`;
}

/** @param {any} context @param {import("./objects.js").Group[]} groups @param {Look} look */
function renderLegend({ refresh }, groups, look) {
  const toggle = (/** @type {number} */ colour) => {
    if (!look.hidden.delete(colour)) look.hidden.add(colour);
    look.object = null;
    refresh();
  };
  if (!groups.length) return nothing;
  return html`<fieldset class="legend"><legend>Marks</legend>${groups.map(({ name, colour, count: many }) => html`<label>
    <input type="checkbox" .checked=${!look.hidden.has(colour)} @change=${() => toggle(colour)}>
    <span class="swatch colour-${colour}"></span>${name} <span class="dim">${exact(many)}</span></label>`)}</fieldset>`;
}
