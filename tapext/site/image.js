/** The page of one image: its picture with the objects, its fingerprint, its place on Map 2, what is like it, metadata. */

import { askAlike } from "./alike.js";
import { askFiles, askImage, askMarked, askSimilar } from "./archived.js";
import { renderBox } from "./box.js";
import { renderFingerprint } from "./fingerprint.js";
import { renderSimilar } from "./likeness.js";
import { newLook, renderMarked, STRETCHES } from "./marked.js";
import { renderMetadata } from "./metadata.js";
import { askMaps, wordOf } from "./nodes.js";
import { Picture } from "./picture.js";
import { renderPlace } from "./place.js";
import { renderInvitation, renderSelection } from "./selection.js";
import { writeTime } from "./units.js";
import { html, nothing } from "./vendor/lit-html.js";

const WORDS = {
  none: "",
  loading: "The picture is being made…",
  there: "",
  missing: "There is no picture of this image; its objects are marked where they lie.",
};

/** Name the image for the browser's tab. @param {any} context */
export function title({ state, data }) {
  const image = data.peek(`image ${state.id}`)?.value;
  return image ? nameImage(image) : "Image";
}

/** Draw the image's page. @param {any} context */
export function render(context) {
  const { state, data, refresh } = context;
  if (!state.id) return renderUnknown("The address of this page names no image.");
  const { value, error, pending } = data.ask(`image ${state.id}`, (/** @type {AbortSignal} */ signal) => askImage(state.id, signal));
  const again = () => {
    data.drop(`image ${state.id}`);
    refresh();
  };
  if (error) return html`<div class="notice" role="alert"><p>${error}</p><button type="button" @click=${again}>Try again</button></div>`;
  if (pending) return html`<div class="image-page waits"><p class="quiet" role="status">Loading the image…</p></div>`;
  if (!value) return renderUnknown("No image of this identifier is known here, or it is not public yet.", state.id);
  return renderImage(context, value);
}

/** @param {string} sentence @param {string} [id] */
function renderUnknown(sentence, id) {
  return html`<div class="image-page unknown"><h1>No such image</h1><p>${sentence}</p>
    ${id ? html`<p><code>${id}</code></p>` : nothing}
    <p><a href="./">Search the archive</a> or <a href="upload">ask about an image of your own</a>.</p></div>`;
}

/** @param {any} context @param {import("./archived.js").Image} image */
function renderImage(context, image) {
  const { state, data } = context;
  const { description, content } = image;
  const files = data.ask(`files ${state.id}`, (/** @type {AbortSignal} */ signal) => askFiles(state.id, signal));
  const facts = [description.collection, description.instrument_name, description.energy_bandpassName,
    description.time_bounds_lower === null ? null : `${writeTime(description.time_bounds_lower)} UTC`];
  return html`<article class="image-page">
    <header><h1>${nameImage(image)}</h1><p class="dim">${facts.filter(Boolean).join(" · ")}</p></header>
    ${content ? renderContent(context, image) : html`<p class="notice">What is in this image is not known: its pixels
      are not public, or have not been described yet.</p>`}
    ${renderBox("Metadata", renderMetadata(image, files))}
  </article>`;
}

/** @param {any} context @param {import("./archived.js").Image} image */
function renderContent(context, image) {
  const { state, data, href, keep, refresh } = context;
  const kept = keep("image", () => ({ look: newLook(state.id, new Picture(refresh)) }));
  if (kept.look.id !== state.id) kept.look = newLook(state.id, kept.look.picture);
  const maps = data.ask("maps", askMaps).value;
  const similar = data.ask(`similar ${state.id}`, (/** @type {AbortSignal} */ signal) => askSimilar(state.id, signal));
  return html`
    <div class="sight">
      <section class="box seen" aria-label="Picture">${image.parts.length ? renderMarked(context, lookAt(context, image, kept.look), kept.look) : nothing}</section>
      <section class="box pointed" aria-label="Chosen object or node">${renderPointed(context, image, kept.look, maps)}</section>
    </div>
    ${renderBox("Fingerprint", renderFingerprint(tellFingerprint(context, image, kept.look, maps)))}
    ${renderBox("Place on Map 2", renderPlace(image.content?.fieldNode ?? null, maps?.field, href))}
    ${renderBox("Similar images", renderSimilar(similar, href))}`;
}

/**
 * What there is to see of the part and in the stretch that are wanted.
 * @param {any} context @param {import("./archived.js").Image} image @param {import("./marked.js").Look} look
 * @returns {import("./marked.js").Sight}
 */
function lookAt(context, image, look) {
  const { part } = image.parts[look.part];
  look.picture.want(`preview/${image.description.planeID}.png?${new URLSearchParams({ stretch: look.stretch, part })}`);
  return {
    name: nameImage(image),
    parts: image.parts.map((row) => ({ name: row.part, width: row.naxis1, height: row.naxis2, detected: row.nDetected })),
    objects: askObjectsShown(context, image, look),
    stretches: STRETCHES,
    words: WORDS[look.picture.state],
    unlisted: "the archive does not keep their places.",
  };
}

/**
 * Ask for the objects of the part that is looked at.
 * @param {any} context @param {import("./archived.js").Image} image @param {import("./marked.js").Look} look
 * @returns {import("./data.js").Answer}
 */
function askObjectsShown({ data }, image, look) {
  const { part } = image.parts[look.part];
  return data.ask(`objects ${look.id} ${part}`, (/** @type {AbortSignal} */ signal) => askMarked(look.id, part, signal));
}

/**
 * @param {any} context @param {import("./archived.js").Image} image @param {import("./marked.js").Look} look @param {any} maps
 */
function tellFingerprint({ refresh, announce }, image, look, maps) {
  const counts = /** @type {number[]} */ (image.content?.fingerprint);
  const names = nameNodes(maps);
  const choose = (/** @type {number} */ node) => {
    Object.assign(look, { node, object: null });
    announce(`Node ${node} is chosen; its objects are marked in the picture.`);
    refresh();
  };
  return { counts, names, chosen: look.node, choose };
}

/** What the nodes of Map 1 are called, as far as they have names. @param {any} maps @returns {Map<number, string>} */
export function nameNodes(maps) {
  const named = (maps?.object?.nodes ?? []).filter((/** @type {any} */ { labels }) => labels.length);
  return new Map(named.map((/** @type {any} */ { node, labels }) => [node, labels.map(wordOf).join(", ")]));
}

/**
 * @param {any} context @param {import("./archived.js").Image} image @param {import("./marked.js").Look} look @param {any} maps
 */
function renderPointed(context, image, look, maps) {
  if (look.node === null) return renderInvitation();
  const objects = askObjectsShown(context, image, look).value ?? [];
  const object = look.object === null ? null : objects[look.object] ?? null;
  return renderSelection({ object, node: look.node, map: maps?.object, inImage: image.content?.fingerprint[look.node] ?? null,
    alike: object && tellAlike(context, look, object), href: context.href });
}

/**
 * @param {any} context @param {import("./marked.js").Look} look @param {import("./objects.js").Found} object
 */
function tellAlike({ data, refresh }, look, object) {
  const key = `alike ${look.id} ${object.part} ${object.x} ${object.y}`;
  const ask = () => {
    data.ask(key, (/** @type {AbortSignal} */ signal) => askAlike(look.id, object, signal));
    refresh();
  };
  return { answer: data.peek(key) ?? null, ask };
}

/** @param {import("./archived.js").Image} image */
function nameImage({ description }) {
  return description.target_name || description.observationID;
}
