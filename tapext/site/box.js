/** A part of a page with a title, which screen readers list. */

import { html } from "./vendor/lit-html.js";

/** @param {string} title @param {unknown} content */
export function renderBox(title, content) {
  return html`<section class="box" aria-label=${title}><h2>${title}</h2>${content}</section>`;
}
