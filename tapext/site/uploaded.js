/** The picture of an uploaded image with its objects, and what is pointed at in it. */

import { MOST_OBJECTS } from "./archived.js";
import { renderMarked, STRETCHES } from "./marked.js";
import { renderInvitation, renderSelection } from "./selection.js";
import { writeSize } from "./units.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./inquiry.js").Inquiry} Inquiry */

/** @param {any} context @param {Inquiry} inquiry @param {any} maps */
export function renderUploaded(context, inquiry, maps) {
  const { look } = inquiry;
  inquiry.wantPicture();
  const sight = lookAt(inquiry);
  return html`<div class="sight">
    <section class="box seen" aria-label="Picture">
      ${renderSending(context, inquiry)}
      ${renderMarked(context, sight, look)}
    </section>
    <section class="box pointed" aria-label="Chosen object or node">
      ${renderPointed(context, inquiry, sight.objects.value, maps)}
    </section></div>`;
}

/** @param {Inquiry} inquiry @returns {import("./marked.js").Sight} */
function lookAt(inquiry) {
  const { look, description, file } = inquiry;
  const { parts, objects } = description.value;
  const { name } = parts[look.part];
  const found = objects.filter((/** @type {any} */ object) => object.part === name).slice(0, MOST_OBJECTS);
  return {
    name: file.name,
    parts,
    objects: { value: found, pending: false, loaded: Promise.resolve(found) },
    stretches: inquiry.isPicture ? [] : STRETCHES,
    words: tellPicture(inquiry),
    unlisted: "the file has too many to list those of this part.",
  };
}

/** @param {Inquiry} inquiry */
function tellPicture({ look, sent }) {
  if (look.picture.state === "loading") {
    return sent < 1 ? `The file is sent for its picture: ${Math.floor(100 * sent)} %` : "The picture is being made…";
  }
  return look.picture.state === "there" ? "" : "There is no picture yet; the objects are marked where they lie.";
}

/** What can be done about a picture that is not there. @param {any} context @param {Inquiry} inquiry */
function renderSending({ refresh }, inquiry) {
  const { picture } = inquiry.look;
  const act = (/** @type {() => void} */ change) => () => {
    change.call(inquiry);
    refresh();
  };
  if (picture.state === "missing") {
    return html`<div class="notice again" role="alert"><p>The picture could not be made. ${picture.error}</p>
      <button type="button" @click=${act(inquiry.askAgain)}>Try again</button></div>`;
  }
  if (inquiry.isUnasked) {
    return html`<div class="again"><p>The service has kept nothing of the file: for each picture of it,
      ${writeSize(inquiry.file.size)} are sent again.</p>
      <button type="button" @click=${act(inquiry.agree)}>Send it again</button></div>`;
  }
  if (picture.state === "loading" && inquiry.isLarge) {
    return html`<div class="again">${inquiry.sent < 1
      ? html`<progress aria-label="Sending the file for its picture" max="1" value=${inquiry.sent}></progress>`
      : html`<progress aria-label="Making the picture"></progress>`}
      <button type="button" @click=${act(inquiry.decline)}>Cancel the picture</button></div>`;
  }
  return nothing;
}

/** @param {any} context @param {Inquiry} inquiry @param {import("./objects.js").Found[]} objects @param {any} maps */
function renderPointed({ href }, { look, description }, objects, maps) {
  if (look.node === null) return renderInvitation();
  const object = look.object === null ? null : objects[look.object] ?? null;
  return renderSelection({ object, node: look.node, map: maps?.object, inImage: description.value.counts[look.node], alike: null, href });
}
