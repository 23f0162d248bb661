/** What is marked: how far a mark spreads, how many there are, and their files. */

import { askFiles, save, writeList, writeScript, writeSize } from "./download.js";
import { closeByKey, closeWhenLeft } from "./filters.js";
import { isDownloadable, readClock } from "./listing.js";
import { findMarked, readAct, SPREADS, tellAct, writeAct } from "./marks.js";
import { Memo } from "./memo.js";
import { askRows } from "./neighbours.js";
import { html, nothing } from "./vendor/lit-html.js";

const NONE = [];
const FIRST = 10; // neighbours that a mark takes before the slider is moved

/** Find what is marked among the images listed, anew only when acts, rows or neighbours have changed. */
export function findMarks(context, listing) {
  const { state: { marks }, data, keep } = context;
  const neighbours = new Map(marks.map(readAct).filter((act) => act?.kind === "near").map(({ id }) => [id, askRows(data, id).value ?? NONE]));
  const from = [marks, listing.rows, listing.rows.length, ...neighbours.values()];
  const now = readClock();
  const mayMark = (row) => isDownloadable(listing, row, now);
  return keep("marked", () => new Memo()).of(from, () => findMarked(marks, listing, (id) => neighbours.get(id), mayMark));
}

/** Mark an image, and what is like it; or take its mark away. */
export function toggleMark(context, listing, marked, row) {
  if (!isDownloadable(listing, row)) return;
  const { state, go, keep, announce } = context;
  const id = row[listing.keys.id];
  if (marked.has(id)) {
    const acts = state.marks.filter((act) => act !== `one:${id}`);
    const stays = findMarked(acts, listing, () => [], () => true).has(id) || acts.some((act) => readAct(act)?.kind !== "one");
    go({ marks: stays ? [...acts, `not:${id}`] : acts });
    return announce("Unmarked one image.");
  }
  const { spread } = keep("marking", newMarking);
  const node = listing.keys.node < 0 ? null : row[listing.keys.node];
  if (spread === "near") return markNear(context, id);
  const act = spread === "field" && node !== null ? { kind: "field", node } : { kind: "one", id };
  // An image that was unmarked for itself is marked again, also where its node's mark stands.
  const acts = [...state.marks.filter((one) => one !== `not:${id}`), writeAct(act)];
  go({ marks: [...new Set(acts)] });
  return announce(tellAct(act, countNew(context, listing, acts, marked)));
}

function countNew(context, listing, acts, marked) {
  return findMarks({ ...context, state: { ...context.state, marks: acts } }, listing).size - marked.size;
}

async function markNear(context, id) {
  const { data, go, announce } = context;
  const answer = (await askRows(data, id).loaded) ?? [];
  const distance = answer[Math.min(FIRST, answer.length) - 1]?.distance ?? 0;
  // The view has moved on while the neighbours were asked for.
  go((state) => ({ marks: [...state.marks, writeAct({ kind: "near", id, distance: distance + 0.0005 })] }));
  announce(tellAct({ kind: "near", distance }, Math.min(FIRST, answer.length)));
}

export const newMarking = () => ({ spread: "field", files: null });

/** Draw the bar between the count and the table. */
export function renderMarkBar(context, marked) {
  const { state, go, keep, refresh } = context;
  const marking = keep("marking", newMarking);
  const last = readAct(state.marks.at(-1) ?? "");
  const choose = ({ target }) => {
    marking.spread = target.value;
    refresh();
  };
  return html`<div class="mark-bar" role="group" aria-label="Marks">
    <label>A mark takes <select @change=${choose}>${Object.entries(SPREADS).map(([name, words]) => html`<option value=${name} ?selected=${marking.spread === name}>${words}</option>`)}</select></label>
    ${last?.kind === "near" ? drawSlider(context, last) : nothing}
    <span class="told"><strong>${marked.size.toLocaleString("en")} marked</strong>${last?.kind === "field" ? ` · node ${last.node} of Map 2` : ""}</span>
    ${state.marks.length ? html`<button type="button" @click=${() => go({ marks: state.marks.slice(0, -1) })}>Undo</button>
      <button type="button" @click=${() => go({ marks: [] })}>Unmark all</button>` : nothing}
    ${drawDownload(context, marked)}
  </div>`;
}

/** Let the distance of the last mark be moved over the neighbours that are known. */
function drawSlider({ state, go, data }, act) {
  const { value, error } = askRows(data, act.id);
  if (error) return html`<span role="alert">${error}</span>`;
  if (!value?.length) return html`<span class="dim">${value ? "No image can be compared with it." : "Looking for its neighbours…"}</span>`;
  const most = Math.ceil(value.at(-1).distance * 1000) / 1000;
  const move = ({ target }) => go({ marks: [...state.marks.slice(0, -1), writeAct({ ...act, distance: Number(target.value) })] }, "replace");
  const within = value.filter(({ distance }) => distance <= act.distance).length;
  return html`<label>up to distance <input type="range" min="0" max=${most} step="0.001" .value=${String(act.distance)} @input=${move}
    aria-valuetext="${act.distance.toFixed(2)}, ${within} images"> ${act.distance.toFixed(2)}</label><span class="dim">${within} of its ${value.length} neighbours</span>`;
}

function drawDownload(context, marked) {
  const { keep, refresh } = context;
  const marking = keep("marking", newMarking);
  const open = ({ currentTarget }) => {
    if (currentTarget.open && marked.size) findFiles(marking, [...marked], refresh);
  };
  return html`<details class="choose" @toggle=${open} @focusout=${closeWhenLeft} @keydown=${closeByKey}>
    <summary ?data-chosen=${marked.size > 0}><span>Download</span></summary>
    <div class="menu right" role="group" aria-label="Download the marked images">${drawFiles(marking, marked)}</div>
  </details>`;
}

function drawFiles({ files }, marked) {
  if (!marked.size) return html`<p>Mark images to download them.</p>`;
  if (!files || files.pending) return html`<p role="status">Finding the files of ${marked.size} images…</p>`;
  if (files.error) return html`<p role="alert">${files.error}</p>`;
  const { files: found, missing } = files.value;
  const size = found.reduce((sum, file) => sum + file.size, 0);
  return html`<p>${found.length} files, ${writeSize(size)}${missing.length ? `; ${missing.length} images have none that can be fetched here` : ""}</p>
    <button type="button" ?disabled=${!found.length} @click=${() => save("caom-ai-files.txt", writeList(found))}>List of addresses</button>
    <button type="button" ?disabled=${!found.length} @click=${() => save("caom-ai-download.sh", writeScript(found), "application/x-sh")}>Shell script (curl)</button>`;
}

/** Find the files anew whenever the list is opened, for marks change. */
async function findFiles(marking, ids, refresh) {
  const files = { pending: true };
  marking.files = files;
  refresh();
  try {
    files.value = await askFiles(ids);
  } catch (error) {
    files.error = error.message;
  }
  files.pending = false;
  refresh();
}
