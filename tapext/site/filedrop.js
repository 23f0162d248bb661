/** A place for a file of the visitor's: dropped, chosen or pasted. */

import { Drawn } from "./drawn.js";
import { html } from "./vendor/lit-html.js";

/** The element <file-drop>; it says `take` with a list of files. */
class FileDrop extends Drawn {
  #over = false;
  #paste = (/** @type {ClipboardEvent} */ event) => this.#take(event.clipboardData?.files, event);
  // A file that misses the place would replace the page.
  #miss = (/** @type {DragEvent} */ event) => event.preventDefault();

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("paste", this.#paste);
    document.addEventListener("dragover", this.#miss);
    document.addEventListener("drop", this.#miss);
  }

  disconnectedCallback() {
    document.removeEventListener("paste", this.#paste);
    document.removeEventListener("dragover", this.#miss);
    document.removeEventListener("drop", this.#miss);
  }

  template() {
    return html`<label class=${this.#over ? "drop-place over" : "drop-place"}
      @dragenter=${() => this.#hover(true)} @dragover=${() => this.#hover(true)} @dragleave=${() => this.#hover(false)}
      @drop=${(/** @type {DragEvent} */ event) => this.#take(event.dataTransfer?.files, event)}>
      <span class="drop-title">Drop an image here, paste one, or choose a file</span>
      <span class="dim">FITS, also packed by gzip, bzip2 or fpack; PNG; JPEG</span>
      <input type="file" accept=".fits,.fit,.fts,.fz,.gz,.bz2,.png,.jpg,.jpeg,image/png,image/jpeg,image/fits,application/fits"
        @change=${(/** @type {any} */ event) => this.#take(event.target.files, event)}>
    </label>`;
  }

  /** @param {boolean} over */
  #hover(over) {
    if (over === this.#over) return;
    this.#over = over;
    this.changed();
  }

  /** @param {FileList | undefined | null} files @param {Event} event */
  #take(files, event) {
    this.#hover(false);
    if (!files?.length) return;
    const taken = [...files];
    event.preventDefault();
    if (event.type === "change") /** @type {HTMLInputElement} */ (event.target).value = "";
    this.dispatchEvent(new CustomEvent("take", { detail: taken }));
  }
}

customElements.define("file-drop", FileDrop);
