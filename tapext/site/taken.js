/** What marks take that the page has no rows of: the service finds it, by the filters of the page. */

import { writeFieldImages, writeNearest } from "./adql.js";
import { readClock } from "./listing.js";
import { isWide, readAct } from "./marks.js";
import { readState } from "./state.js";
import { ask } from "./tap.js";

export const MOST = 30000; // images of a node that the service is asked for
const NEIGHBOURS = 200; // enough to move a slider over
const ANY = { ...readState(new URL("http://x/")), intent: "all" };

/**
 * What the service finds for an act: `value` is {ids, overflow} for a node, and a list of neighbours for an image.
 * @typedef {{act: import("./marks.js").Act, query: string, answer: import("./data.js").Answer}} Taken
 */

/** The same for all distances from an image. @param {import("./marks.js").Act} act */
export function nameTaken({ kind, node, id }) {
  return kind === "field" ? `field:${node}` : `near:${id}`;
}

/**
 * Ask for what the acts take; a node is asked for only where rows are missing. A query of the visitor's own cannot
 * be narrowed to a node, so there its rows must do. What no act asks for any more is stopped.
 * @param {object} context as app.js describes it
 * @param {import("./found.js").Found} found
 * @returns {Map<string, Taken>} by the names of the acts
 */
export function askTaken({ state, data, keep }, { listing, pending, isStale }) {
  // Answers of Data may be forgotten while they are shown, if acts are many.
  const known = keep("taken", () => new Map());
  const isWhole = !isStale && !pending && !listing.overflow;
  const isListed = isWhole || Boolean(state.adql);
  const acts = state.marks.map(readAct).filter((act) => isWide(act) && listing.keys.id >= 0 && (act.kind === "near" || !isListed));
  const wanted = new Map(acts.map((act) => [nameTaken(act), { act, query: writeTaken(state, act) }]));
  for (const [name, { query }] of known) {
    if (wanted.get(name)?.query === query) continue;
    known.delete(name);
    if (data.peek(keyOf(query))?.pending) data.drop(keyOf(query));
  }
  for (const [name, { act, query }] of wanted) {
    // The first rows of new filters may be all.
    if (!known.has(name) && !isStale) known.set(name, { act, query, answer: askOnce(data, act, query) });
  }
  return new Map(known);
}

/** Ask for the neighbours of an image among what the filters leave, nearest first. @param {string} id publisherID */
export function askNeighbours({ state, data }, id) {
  const act = { kind: "near", id };
  return askOnce(data, act, writeTaken(state, act));
}

/** Ask again what was refused. @param {Taken} taken */
export function askTakenAgain({ data, keep, refresh }, { act, query }) {
  keep("taken", () => new Map()).delete(nameTaken(act));
  data.drop(keyOf(query));
  refresh();
}

const keyOf = (query) => `taken ${query}`;

function writeTaken(state, { kind, node, id }) {
  return kind === "field" ? writeFieldImages(state, node) : writeNearest(state.adql ? ANY : state, id, NEIGHBOURS + 1);
}

function askOnce(data, { kind, id }, query) {
  return data.ask(keyOf(query), async (signal) => {
    const { rows, overflow } = await ask(query, { signal, most: MOST });
    const now = readClock();
    const free = rows.filter(([, release]) => release !== null && release <= now);
    return kind === "field" ? { ids: free.map(([one]) => one), overflow } : listNeighbours(free, id);
  });
}

function listNeighbours(rows, id) {
  const others = rows.filter(([one, , distance]) => one !== id && distance !== null);
  return others.slice(0, NEIGHBOURS).map(([publisherID, , distance]) => ({ publisherID, distance }));
}
