/** The page for an image of the visitor's own: what is in it, and what the archive has like it. */

import { renderBox } from "./box.js";
import { renderFingerprint } from "./fingerprint.js";
import { nameNodes } from "./image.js";
import { Inquiry } from "./inquiry.js";
import { renderSimilar } from "./likeness.js";
import { askMaps, count } from "./nodes.js";
import { renderPlace } from "./place.js";
import { writeSize } from "./units.js";
import { renderUploaded } from "./uploaded.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./filedrop.js";

/** @typedef {{inquiry: Inquiry | null, note: string}} Kept */

/** Name the page for the browser's tab. @param {any} context */
export function title(context) {
  const { inquiry } = keep(context);
  return inquiry ? inquiry.file.name : "Upload an image";
}

/** @param {any} context @returns {Kept} */
function keep(context) {
  return context.keep("upload", () => ({ inquiry: null, note: "" }));
}

/** Draw the page. @param {any} context */
export function render(context) {
  const kept = keep(context);
  return html`<div class="image-page upload-page">
    <header><h1>Find images like yours</h1>
      <p class="dim">The service describes the objects in your image and compares it with the archive. Nothing of it is kept.</p></header>
    <file-drop class=${kept.inquiry ? "asked" : ""} @take=${(/** @type {CustomEvent} */ event) => take(context, kept, event.detail)}></file-drop>
    ${kept.note ? html`<p class="notice">${kept.note}</p>` : nothing}
    ${kept.inquiry ? renderInquiry(context, kept, kept.inquiry) : nothing}
  </div>`;
}

/** @param {any} context @param {Kept} kept @param {File[]} files */
function take(context, kept, files) {
  kept.inquiry?.end();
  kept.note = files.length > 1 ? `One image at a time: ${files[0].name} is the one that was taken.` : "";
  const inquiry = new Inquiry(files[0], (words) => {
    if (kept.inquiry !== inquiry) return;
    if (words) context.announce(words);
    context.refresh();
  });
  kept.inquiry = inquiry;
  inquiry.ask();
  context.refresh();
}

/** @param {any} context @param {Kept} kept @param {Inquiry} inquiry */
function renderInquiry(context, kept, inquiry) {
  const { pending, error } = inquiry.description;
  if (pending) return renderProgress(context, kept, inquiry);
  if (error) {
    return html`<div class="notice" role="alert"><p><strong>${inquiry.file.name}</strong></p><p>${error}</p></div>`;
  }
  return renderDescription(context, inquiry);
}

/** @param {any} context @param {Kept} kept @param {Inquiry} inquiry */
function renderProgress({ refresh }, kept, inquiry) {
  const cancel = () => {
    inquiry.end();
    kept.inquiry = null;
    refresh();
  };
  const { file, sent } = inquiry;
  const isSent = sent >= 1;
  return html`<section class="box sending" aria-label="Progress">
    <p><strong>${file.name}</strong> <span class="dim">${writeSize(file.size)}</span></p>
    ${isSent ? html`<progress aria-label="Describing the image"></progress>`
      : html`<progress aria-label="Sending the image" max="1" value=${sent}></progress>`}
    <p class="dim">${isSent ? "The service looks for objects and describes them…" : `Sending: ${Math.floor(100 * sent)} %`}</p>
    <button type="button" @click=${cancel}>Cancel</button></section>`;
}

/** @param {any} context @param {Inquiry} inquiry */
function renderDescription(context, inquiry) {
  const { data, href, refresh, announce } = context;
  const { counts, field, remarks, detected } = inquiry.description.value;
  const maps = data.ask("maps", askMaps).value;
  const choose = (/** @type {number} */ node) => {
    Object.assign(inquiry.look, { object: null, node });
    announce(`Node ${node} is chosen; its objects are marked in the picture.`);
    refresh();
  };
  return html`
    ${remarks.map((/** @type {string} */ remark) => html`<p class="notice remark">${remark}</p>`)}
    <h2 class="file-name">${inquiry.file.name} <span class="dim">${count(detected, "object")}</span></h2>
    ${renderUploaded(context, inquiry, maps)}
    ${renderBox("Similar images of the archive", renderSimilar(inquiry.similar, href))}
    ${renderBox("Fingerprint", renderFingerprint({ counts, names: nameNodes(maps), chosen: inquiry.look.node, choose }))}
    ${renderBox("Place on Map 2", renderPlace(field, maps?.field, href))}`;
}
