/**
 * Small pictures that come when the service has made them, and leave a quiet place until then.
 *
 * A browser has six connections to a service, and one that waits for a picture to be made is taken: only some are used
 * for pictures, so that queries never wait for them.
 */

import { html, ref } from "./vendor/lit-html.js";

const WAIT = 4000; // ms, of a picture that is being made
const MOST_TRIES = 4;
const MOST_AT_ONCE = 2; // beside the pictures of both maps

/** @type {HTMLImageElement[]} */
const waiting = [];
/** @type {Map<HTMLImageElement, string>} */
const asked = new Map();
const sight = new IntersectionObserver((entries) => {
  const seen = entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => /** @type {HTMLImageElement} */ (target));
  for (const picture of seen) sight.unobserve(picture);
  waiting.unshift(...seen);
  askNext();
});

/** @param {string} path below the service @param {string} [words] what it shows, nothing where a name stands beside it */
export function renderThumbnail(path, words = "") {
  return html`<img class="thumbnail-picture" alt=${words} decoding="async" ${ref((picture) => picture && show(picture, path))}
    @load=${appear} @error=${retry}>`;
}

/** @param {Element} picture @param {string} path */
function show(picture, path) {
  const { dataset } = /** @type {HTMLImageElement} */ (picture);
  if (dataset.path === path) return;
  Object.assign(dataset, { path, tries: 0 });
  sight.observe(picture);
}

/** Ask first for those that came in sight last: whoever scrolls wants what is there now. */
function askNext() {
  for (const [picture, path] of asked) if (!picture.isConnected || picture.dataset.path !== path) asked.delete(picture);
  while (asked.size < MOST_AT_ONCE && waiting.length) {
    const picture = waiting.shift();
    if (!picture?.isConnected) continue;
    const { path = "" } = picture.dataset;
    asked.set(picture, path);
    picture.src = path;
  }
}

/** @param {Event} event */
function appear({ target }) {
  const picture = /** @type {HTMLImageElement} */ (target);
  picture.hidden = false;
  finish(picture);
}

/** A browser does not tell why there is no picture: it may not be made yet. @param {Event} event */
function retry({ target }) {
  const picture = /** @type {HTMLImageElement} */ (target);
  const { path } = picture.dataset;
  const tries = Number(picture.dataset.tries) + 1;
  picture.dataset.tries = String(tries);
  picture.hidden = true;
  finish(picture);
  if (tries < MOST_TRIES) setTimeout(() => picture.dataset.path === path && again(picture), WAIT * tries);
}

/** @param {HTMLImageElement} picture */
function again(picture) {
  waiting.push(picture);
  askNext();
}

/** @param {HTMLImageElement} picture */
function finish(picture) {
  asked.delete(picture);
  askNext();
}
