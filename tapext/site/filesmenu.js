/** The menu of the marked images' files: they are looked for while it is open. */

import { askFiles, save, writeList, writeScript, writeSize } from "./download.js";
import { closeByKey, closeWhenLeft } from "./filters.js";
import { count } from "./nodes.js";
import { html, nothing } from "./vendor/lit-html.js";

/**
 * @typedef {object} Menu
 * @property {?HTMLDetailsElement} element
 * @property {?Set<string>} of the images whose files these are
 * @property {number} done images whose files are known
 * @property {?{files: import("./download.js").File[], missing: string[]}} value
 * @property {string} error
 * @property {AbortController} stop
 */

/** @returns {Menu} */
const newMenu = () => ({ element: null, of: null, done: 0, value: null, error: "", stop: new AbortController() });
const isOpen = ({ element }) => Boolean(element?.isConnected && element.open);

/**
 * Draw the menu.
 * @param {object} context as app.js describes it
 * @param {Set<string>} marked publisherIDs
 * @param {boolean} isPending whether more images are about to be marked
 */
export function renderFiles({ keep, refresh }, marked, isPending) {
  const menu = keep("files", newMenu);
  if (isOpen(menu) && marked.size && !isPending && menu.of !== marked) find(menu, marked, refresh);
  const toggle = ({ currentTarget }) => {
    menu.element = currentTarget;
    if (!currentTarget.open) leave(menu);
    refresh();
  };
  const again = () => {
    menu.of = null;
    refresh();
  };
  return html`<details class="choose" @toggle=${toggle} @focusout=${closeWhenLeft} @keydown=${closeByKey}>
    <summary ?data-chosen=${marked.size > 0}><span>Download</span></summary>
    <div class="menu right" role="group" aria-label="Download the marked images">${drawFiles(menu, marked, isPending, again)}</div>
  </details>`;
}

/** @param {Menu} menu */
function drawFiles({ of, done, value, error }, marked, isPending, again) {
  const number = marked.size.toLocaleString("en");
  if (!marked.size) return html`<p>Mark images to download them.</p>`;
  if (isPending) return html`<p role="status">Images are still being marked…</p>`;
  if (error && of === marked) return html`<p role="alert">${error}</p><button type="button" @click=${again}>Try again</button>`;
  if (!value || of !== marked) {
    return html`<p role="status">Finding the files of ${number} images…</p>
      <progress aria-label="Images whose files are known" max=${marked.size} .value=${of === marked ? done : 0}></progress>`;
  }
  const { files, missing } = value;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return html`<p>${count(files.length, "file")}, ${writeSize(size)}${missing.length ? `; ${count(missing.length, "image")} without any that can be fetched here` : nothing}</p>
    <button type="button" ?disabled=${!files.length} @click=${() => save("caom-ai-files.txt", writeList(files))}>List of addresses</button>
    <button type="button" ?disabled=${!files.length} @click=${() => save("caom-ai-download.sh", writeScript(files), "application/x-sh")}>Shell script (curl)</button>`;
}

/** Find the files, and say how far that is. @param {Menu} menu */
async function find(menu, marked, refresh) {
  menu.stop.abort();
  const stop = new AbortController();
  Object.assign(menu, { of: marked, done: 0, value: null, error: "", stop });
  const tell = (done) => {
    if (!isOpen(menu)) leave(menu);
    menu.done = done;
    refresh();
  };
  try {
    menu.value = await askFiles([...marked], { signal: stop.signal, tell });
  } catch (error) {
    if (stop.signal.aborted) return;
    menu.error = error.message;
  }
  refresh();
}

/** Stop where somebody does not wait; what is found is kept. @param {Menu} menu */
function leave(menu) {
  if (menu.value) return;
  menu.stop.abort();
  menu.of = null;
}
