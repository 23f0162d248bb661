/** The picture of an image with its objects marked: choice of part, stretch, legend. */

import { MOST_OBJECTS } from "./archived.js";
import { count, exact } from "./nodes.js";
import { groupObjects, markObjects } from "./objects.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./preview.js";

export const STRETCHES = ["asinh", "linear", "sqrt", "log"];

/**
 * @typedef {object} Look how somebody looks at an image; kept while its page is open
 * @property {string} id of the image
 * @property {number} part place among the parts
 * @property {string} stretch
 * @property {number | null} object place among the objects of the part
 * @property {number | null} node of Map 1
 * @property {Set<number>} hidden colours of marks that are left out
 * @property {import("./picture.js").Picture} picture
 *
 * @typedef {{name: string, width: number, height: number, detected: number}} Part
 *
 * @typedef {object} Sight what there is to see of an image
 * @property {string} name of the image
 * @property {Part[]} parts
 * @property {import("./data.js").Answer} objects of the part that is looked at, the brightest first
 * @property {string[]} stretches to choose from
 * @property {string} words in place of a picture that is not there
 * @property {string} unlisted why objects that were found are not marked, where none is
 */

/** @param {string} id @param {import("./picture.js").Picture} picture @returns {Look} */
export function newLook(id, picture) {
  picture.clear();
  return { id, part: 0, stretch: STRETCHES[0], object: null, node: null, hidden: new Set(), picture };
}

/** @param {any} context @param {Sight} sight @param {Look} look whose picture is that of the part and stretch, or none */
export function renderMarked(context, sight, look) {
  const part = sight.parts[look.part];
  const { value, error, pending } = sight.objects;
  const objects = value ?? [];
  const groups = groupObjects(objects);
  const shown = {
    name: sight.name,
    size: part,
    address: look.picture.address,
    picture: look.picture.size,
    words: sight.words,
    marks: markObjects(objects, part, groups, { hidden: look.hidden, raised: look.node }),
    selected: look.object,
  };
  return html`
    ${sight.parts.length > 1 || sight.stretches.length ? html`<div class="marked-tools">
      ${renderParts(context, sight, look)} ${renderStretches(context, sight, look)}</div>` : nothing}
    <sky-preview .shown=${shown} @choose=${(/** @type {CustomEvent} */ event) => choose(context, look, objects, event.detail)}></sky-preview>
    ${error ? html`<p class="notice" role="alert">The objects could not be marked. ${error}</p>` : nothing}
    <p class="dim" role="status">${pending ? "Looking for the objects…" : tellObjects(objects, part, sight.unlisted)}</p>
    ${renderLegend(context, groups, look)}`;
}

/** @param {any} context @param {Look} look @param {import("./objects.js").Found[]} objects @param {number | null} number */
function choose({ refresh }, look, objects, number) {
  Object.assign(look, { object: number, node: number === null ? null : objects[number].node });
  refresh();
}

/** @param {import("./objects.js").Found[]} objects @param {Part} part @param {string} unlisted */
function tellObjects(objects, { detected }, unlisted) {
  if (!detected) return "No objects were found in this image.";
  if (!objects.length) return `${count(detected, "object")} were found; ${unlisted}`;
  if (objects.length === MOST_OBJECTS) return `The ${exact(MOST_OBJECTS)} brightest of ${count(detected, "object")} are marked.`;
  const marked = objects.length < detected ? `, ${exact(objects.length)} of them marked` : "";
  return `${count(detected, "object")}${marked}. Choose one to see what it is like.`;
}

/** @param {any} context @param {Sight} sight @param {Look} look */
function renderParts({ refresh }, { parts }, look) {
  if (parts.length < 2) return nothing;
  const pick = (/** @type {any} */ { target }) => {
    Object.assign(look, { part: Number(target.value), object: null });
    refresh();
  };
  return html`<label>Part <select @change=${pick}>${parts.map(({ name, width, height, detected }, place) => html`<option value=${place}
    ?selected=${place === look.part}>${name} (${width} × ${height}, ${count(detected, "object")})</option>`)}</select></label>`;
}

/** @param {any} context @param {Sight} sight @param {Look} look */
function renderStretches({ refresh }, { stretches }, look) {
  const pick = (/** @type {string} */ stretch) => {
    look.stretch = stretch;
    refresh();
  };
  if (!stretches.length) return nothing;
  return html`<div class="choice-row" role="group" aria-label="Stretch">${stretches.map((stretch) => html`<button type="button"
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
