/** Small pictures that come when the service has made them, and leave a quiet place until then. */

import { html } from "./vendor/lit-html.js";

const WAIT = 4000; // ms, of a picture that is being made
const MOST_TRIES = 4;

/** @param {string} path below the service @param {string} [words] what it shows, nothing where a name stands beside it */
export function renderThumbnail(path, words = "") {
  return html`<img class="thumbnail-picture" alt=${words} loading="lazy" decoding="async" src=${path}
    @load=${appear} @error=${retry}>`;
}

/** @param {Event} event */
function appear({ target }) {
  /** @type {HTMLElement} */ (target).hidden = false;
}

/** A browser does not tell why there is no picture: it may not be made yet. @param {Event} event */
function retry({ target }) {
  const picture = /** @type {HTMLImageElement} */ (target);
  const { src } = picture;
  const tries = picture.dataset.of === src ? Number(picture.dataset.tries) + 1 : 1;
  Object.assign(picture.dataset, { of: src, tries });
  picture.hidden = true;
  if (tries < MOST_TRIES) setTimeout(() => picture.isConnected && picture.src === src && (picture.src = src), WAIT * tries);
}
