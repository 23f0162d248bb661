/** What the filters, or a query of the visitor's own, find: a first screenful at once, then all that the page takes. */

import { writeQuery } from "./adql.js";
import { findColumns, layOut, writeOrder } from "./columns.js";
import { listAnything, listImages, orderRows } from "./listing.js";
import { Memo } from "./memo.js";
import { ask } from "./tap.js";

const FIRST = 100; // few enough that the archive finds them without sorting everything
const MOST = 30000;

/**
 * @typedef {object} Found
 * @property {string} query ADQL
 * @property {?import("./listing.js").Listing} listing
 * @property {boolean} pending whether more rows are on their way
 * @property {string} [error]
 * @property {boolean} isStale whether the listing is that of the question before
 */

/**
 * Ask for what is shown. Rows that are complete are sorted here; else the service sorts, which has them all.
 * @returns {Found}
 */
export function askResults({ state, data, keep }) {
  const memory = keep("results", () => ({ listing: null, base: "", sorted: "", key: "", order: new Memo() }));
  const { base, query, columns, places } = writeWanted(state);
  if (memory.base !== base || !isComplete(data, memory.key)) take(memory, { base, sorted: state.sort, key: `results ${query}` }, data);
  const answer = askRows(data, memory.key, query, state.adql !== "");
  if (answer.value) {
    const listing = state.adql ? listAnything(answer.value) : listImages(answer.value, columns, places);
    memory.listing = { ...listing, order: orderOnce(memory, listing, state) };
  }
  return { query, listing: answer.error ? null : memory.listing, pending: answer.pending, error: answer.error, isStale: !answer.value };
}

/** Ask again what was refused. */
export function askAgain({ data, keep, refresh }) {
  data.drop(keep("results").key);
  refresh();
}

/** Write the query, with and without its order, and where its columns are. */
function writeWanted(state) {
  const columns = findColumns(state);
  const { select, places } = layOut(columns);
  const base = state.adql || writeQuery(state, { select });
  const order = state.adql ? "" : writeOrder(state.sort);
  return { base, query: order ? `${base}\nORDER BY ${order}` : base, columns, places };
}

/**
 * Ask for the first rows, and for all of them where there are more. A query of the visitor's own runs once:
 * nobody knows what it costs.
 */
function askRows(data, key, query, isOwn) {
  const first = isOwn ? {} : data.ask(firstOf(key), (signal) => ask(query, { signal, most: FIRST }));
  if (first.pending || first.error || first.value?.overflow === false) return first;
  const all = data.ask(key, (signal, part) => ask(query, { signal, most: MOST, onRows: part }));
  const hasFewer = !all.error && (all.value?.rows.length ?? 0) < (first.value?.rows.length ?? 0);
  return hasFewer ? { ...all, value: first.value } : all;
}

/** The key of the first rows, which is dropped with that of all. */
const firstOf = (key) => `${key} first`;

/** Tell whether all rows of a question are here, so that they can be sorted here. */
function isComplete(data, key) {
  const answers = [data.peek(firstOf(key)), data.peek(key)];
  return answers.some((answer) => answer?.value?.overflow === false && !answer.pending);
}

/** Stop a question that nobody waits for any more. */
function take(memory, next, data) {
  const isPending = [firstOf(memory.key), memory.key].some((key) => data.peek(key)?.pending);
  if (memory.key !== next.key && isPending) data.drop(memory.key);
  Object.assign(memory, next);
}

/** Filtering and sorting thousands of rows is done once, not at every refresh. */
function orderOnce(memory, listing, { where, sort, units }) {
  const isSorted = memory.sorted === sort || !listing.rows.length;
  const from = [listing.rows, listing.rows.length, [...where].join(), sort, units.join(), isSorted];
  return memory.order.of(from, () => orderRows(listing, { where, sort, units, isSorted }));
}
