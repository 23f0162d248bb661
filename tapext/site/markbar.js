/** What is marked: how far a mark spreads, how many there are, and their files. */

import { renderFiles } from "./filesmenu.js";
import { isDownloadable, readClock } from "./listing.js";
import { findMarked, groupByNode, isWide, readAct, SPREADS, tellAct, writeAct } from "./marks.js";
import { Memo } from "./memo.js";
import { askNeighbours, askTaken, askTakenAgain, MOST, nameTaken } from "./taken.js";
import { html, nothing } from "./vendor/lit-html.js";

const NONE = [];
const FIRST = 10; // neighbours that a mark takes before the slider is moved

/**
 * @typedef {object} Marks
 * @property {Set<string>} marked publisherIDs
 * @property {Map<string, import("./taken.js").Taken>} taken what the service finds for the acts
 * @property {boolean} isPending whether more are about to be marked
 */

/**
 * Find what is marked, anew only when acts, rows or answers have changed.
 * @param {object} context as app.js describes it
 * @param {import("./found.js").Found} found with a listing
 * @returns {Marks}
 */
export function findMarks(context, found) {
  const { state: { marks, adql }, keep } = context;
  const { listing } = found;
  const taken = askTaken(context, found);
  if (listing.keys.id < 0 || !marks.length) return { marked: keep("unmarked", () => new Set()), taken, isPending: false };
  const answers = [...taken.values()].map(({ answer }) => answer);
  const rows = marks.some((act) => isWide(readAct(act))) ? [listing.rows, listing.rows.length] : NONE;
  const from = [marks.join("\n"), adql, ...rows, ...answers.map(({ value }) => value)];
  const marked = keep("marked", () => new Memo()).of(from, () => findMarked(marks, gather(listing, taken, adql !== "")));
  return { marked, taken, isPending: (rows !== NONE && found.pending) || answers.some(({ pending }) => pending) };
}

/** Gather the images that are listed and those that the service finds; a query of one's own marks only what is listed. */
function gather(listing, taken, isOwn) {
  const now = readClock();
  const nodes = groupByNode(listing, (row) => isDownloadable(listing, row, now));
  const listed = isOwn ? new Set([...nodes.values()].flat()) : null;
  const find = (act) => taken.get(nameTaken(act))?.answer.value;
  return {
    inNode: (node) => [...(nodes.get(node) ?? NONE), ...(find({ kind: "field", node })?.ids ?? NONE)],
    near: (id) => (find({ kind: "near", id }) ?? NONE).filter(({ publisherID }) => !listed || listed.has(publisherID)),
  };
}

/** Mark an image, and what is like it; or take its mark away. @param {Marks} marks */
export function toggleMark(context, found, { marked }, row) {
  const { listing } = found;
  if (!isDownloadable(listing, row)) return;
  const { state, keep } = context;
  const id = row[listing.keys.id];
  const { spread } = keep("marking", newMarking);
  const node = listing.keys.node < 0 ? null : row[listing.keys.node];
  if (marked.has(id)) unmark(context, id);
  // An image that was unmarked for itself is marked again, also where its node's mark stands.
  else if (spread === "near") markNear(context, state.marks.filter((one) => one !== `not:${id}`), id);
  else mark(context, found, marked, state.marks.filter((one) => one !== `not:${id}`), spread === "field" && node !== null ? { kind: "field", node } : { kind: "one", id });
}

function unmark({ state, go, announce }, id) {
  const acts = state.marks.filter((act) => act !== `one:${id}`);
  go({ marks: acts.some((act) => isWide(readAct(act))) ? [...acts, `not:${id}`] : acts });
  announce("Unmarked one image.");
}

/** Say how many images were marked once that is known; what is undone before is not told. */
async function mark(context, found, marked, others, act) {
  const { state, go, announce } = context;
  const marks = [...new Set([...others, writeAct(act)])];
  go({ marks });
  const next = findMarks({ ...context, state: { ...state, marks } }, found);
  const answer = next.taken.get(nameTaken(act))?.answer;
  if (!answer?.pending) return announce(tellAct(act, next.marked.size - marked.size));
  const value = await answer.loaded;
  return value && announce(tellAct(act, value.ids.length));
}

/** Mark an image at once, and its neighbours when they are known, as one act. */
async function markNear(context, others, id) {
  const { go, announce } = context;
  const first = writeAct({ kind: "near", id, distance: 0 });
  go({ marks: [...others, first] });
  const neighbours = await askNeighbours(context, id).loaded;
  if (!neighbours?.length) return;
  const distance = neighbours[Math.min(FIRST, neighbours.length) - 1].distance + 0.0005;
  // The view may have moved on meanwhile.
  go((state) => ({ marks: state.marks.map((act) => (act === first ? writeAct({ kind: "near", id, distance }) : act)) }), "replace");
  announce(tellAct({ kind: "near", distance }, neighbours.filter((one) => one.distance <= distance).length));
}

const newMarking = () => ({ spread: "field" });

/** Draw the bar between the count and the table. @param {Marks} marks */
export function renderMarkBar(context, found, { marked, taken, isPending }) {
  const { state, go, keep, refresh } = context;
  const marking = keep("marking", newMarking);
  const last = readAct(state.marks.at(-1) ?? "");
  const choose = ({ target }) => {
    marking.spread = target.value;
    refresh();
  };
  const pending = [...taken.values()].find(({ answer }) => answer.pending);
  return html`<div class="mark-bar" role="group" aria-label="Marks">
    <label>A mark takes <select @change=${choose}>${Object.entries(SPREADS).map(([name, words]) => html`<option value=${name} ?selected=${marking.spread === name}>${words}</option>`)}</select></label>
    ${last?.kind === "near" ? drawSlider(context, last, taken.get(nameTaken(last))?.answer) : nothing}
    <span class="told"><strong>${marked.size.toLocaleString("en")} marked</strong>${drawLast(last, pending?.act)}</span>
    ${state.marks.length ? html`<button type="button" @click=${() => go({ marks: state.marks.slice(0, -1) })}>Undo</button>
      <button type="button" @click=${() => go({ marks: [] })}>Unmark all</button>` : nothing}
    ${renderFiles(context, marked, isPending)}
    ${[...taken.values()].map((one) => drawTaken(context, one))}
    ${state.adql && found.listing.overflow && state.marks.some((act) => isWide(readAct(act))) ? html`<p class="note dim">Marks reach only the rows of your query that are listed here.</p>` : nothing}
  </div>`;
}

/** Say which node is marked, in the place of which was being marked: what is below stays where it is. */
function drawLast(last, pending) {
  if (pending?.kind === "field") return html` · <span role="status">marking node ${pending.node}…</span>`;
  return last?.kind === "field" ? ` · node ${last.node} of Map 2` : nothing;
}

/** Let the distance of the last mark be moved over the neighbours that are known. */
function drawSlider({ state, go }, act, { value, error } = {}) {
  if (error) return nothing;
  if (!value?.length) return html`<span class="dim" role="status">${value ? "No image can be compared with it." : "Looking for its neighbours…"}</span>`;
  const most = Math.ceil(value.at(-1).distance * 1000) / 1000;
  const move = ({ target }) => go({ marks: [...state.marks.slice(0, -1), writeAct({ ...act, distance: Number(target.value) })] }, "replace");
  const within = value.filter(({ distance }) => distance <= act.distance).length;
  return html`<label>up to distance <input type="range" min="0" max=${most} step="0.001" .value=${String(act.distance)} @input=${move}
    aria-valuetext="${act.distance.toFixed(2)}, ${within} images"> ${act.distance.toFixed(2)}</label><span class="dim">${within} of its ${value.length} neighbours</span>`;
}

/** Say what cannot be marked. @param {import("./taken.js").Taken} taken */
function drawTaken(context, taken) {
  const { act, answer: { value, error } } = taken;
  const images = act.kind === "field" ? `images of node ${act.node}` : `neighbours of ${act.id.replace(/^.*\?/, "")}`;
  if (error) {
    return html`<p class="note" role="alert">The ${images} could not be marked${act.kind === "field" ? " beyond the rows listed" : ""}. ${error}
      <button type="button" @click=${() => askTakenAgain(context, taken)}>Try again</button></p>`;
  }
  return value?.overflow ? html`<p class="note" role="status">More than ${MOST.toLocaleString("en")} ${images} fit the filters, so some may not be marked. Narrow the filters to have them all.</p>` : nothing;
}
