/** The picture of an uploaded image: a PNG or JPEG as it is, with marks to choose; of other files one that the service draws. */

import { count, exact } from "./nodes.js";
import { groupObjects, markObjects } from "./objects.js";
import { renderSelection } from "./selection.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./preview.js";

/** @param {any} context @param {import("./inquiry.js").Inquiry} inquiry @param {any} maps */
export function renderUploaded(context, inquiry, maps) {
  const { counts } = inquiry.description.value;
  const { object, node } = inquiry.chosen;
  const groups = groupObjects(inquiry.description.value.objects);
  const found = object === null ? null : listObjects(inquiry)[object];
  return html`<div class="sight">
    <section class="box seen" aria-label="Picture">
      ${renderParts(inquiry)}
      ${inquiry.isPicture ? renderMarks(context, inquiry, groups) : renderDrawn(context, inquiry)}
    </section>
    <section class="box pointed" aria-label="What is in it">
      ${node === null ? renderGroups(groups) : renderSelection({ object: found, node, map: maps?.object,
        inImage: counts[node], alike: null, href: context.href })}
    </section></div>`;
}

/** The objects of the part that is shown. @param {import("./inquiry.js").Inquiry} inquiry */
function listObjects({ description, part }) {
  const { objects, parts } = description.value;
  return objects.filter((/** @type {any} */ object) => object.part === parts[part]?.name);
}

/** @param {import("./inquiry.js").Inquiry} inquiry */
function renderParts(inquiry) {
  const { parts } = inquiry.description.value;
  if (parts.length < 2) return nothing;
  const pick = (/** @type {any} */ { target }) => {
    inquiry.chosen = { object: null, node: null };
    inquiry.draw(Number(target.value));
  };
  return html`<div class="marked-tools"><label>Part <select @change=${pick}>${parts.map((/** @type {any} */ part, /** @type {number} */ place) => html`
    <option value=${place} ?selected=${place === inquiry.part}>${part.name} (${part.width} × ${part.height})</option>`)}</select></label></div>`;
}

/** @param {any} context @param {import("./inquiry.js").Inquiry} inquiry @param {import("./objects.js").Group[]} groups */
function renderMarks({ refresh }, inquiry, groups) {
  const [part] = inquiry.description.value.parts;
  const objects = listObjects(inquiry);
  const marks = markObjects(objects, part, groups, { hidden: new Set(), raised: inquiry.chosen.node });
  const choose = (/** @type {CustomEvent} */ { detail }) => {
    inquiry.chosen = { object: detail, node: detail === null ? null : objects[detail].node };
    refresh();
  };
  return html`<sky-preview .shown=${{ size: part, address: inquiry.picture.value ?? null, words: "", marks,
    selected: inquiry.chosen.object }} @choose=${choose}></sky-preview>`;
}

/** @param {any} context @param {import("./inquiry.js").Inquiry} inquiry */
function renderDrawn(context, inquiry) {
  const { value, error, pending } = inquiry.picture;
  if (error) return html`<p class="notice" role="alert">The picture could not be drawn. ${error}</p>`;
  if (pending) return html`<p class="quiet" role="status">The picture with the objects is being drawn…</p>`;
  if (value) {
    return html`<a class="drawn" href=${value} target="_blank"><img alt="The image with its objects marked by node" src=${value}></a>
      <p class="dim">The picture in its own size opens in a new tab.</p>`;
  }
  return html`<p class="quiet">The file is large: it is sent again to draw it.
    <button type="button" @click=${() => inquiry.draw(inquiry.part)}>Draw it</button></p>`;
}

/** @param {import("./objects.js").Group[]} groups */
function renderGroups(groups) {
  if (!groups.length) return html`<h2>What is in it</h2><p class="dim">No objects were found.</p>`;
  return html`<h2>What is in it</h2><ul class="groups">${groups.map(({ name, colour, count: many, nodes }) => html`<li>
    <span class="swatch colour-${colour}"></span>${name} <span class="dim">${exact(many)}${nodes.length > 1 ? ` in ${count(nodes.length, "node")}` : ""}</span></li>`)}</ul>`;
}
