/** An element that draws itself by a template of lit-html, once for all changes of a moment. */

import { html, render } from "./vendor/lit-html.js";

export class Drawn extends HTMLElement {
  #waiting = false;

  connectedCallback() {
    this.changed();
  }

  /** Draw anew before the next frame. */
  changed() {
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      if (!this.isConnected) return;
      render(this.template(), this, { host: this });
      this.drawn();
    });
  }

  /** @returns {unknown} what the element shows */
  template() {
    return html``;
  }

  /** What is to be done once the element is drawn. */
  drawn() {}
}
