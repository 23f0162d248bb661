/** The rows of a result as the table shows them: which columns, which rows after the filter row, in which order. Pure. */

import { KEYS, writeValue } from "./columns.js";

/**
 * @typedef {object} Listing
 * @property {{column: import("./columns.js").Column, place: number}[]} columns
 * @property {Record<"id"|"plane"|"node"|"release", number>} keys places of the keys of an image in a row, -1 for none
 * @property {any[][]} rows
 * @property {Uint32Array} order numbers of the rows that are shown, in order
 * @property {boolean} overflow whether the archive has more
 */

/** Lay out the rows of the filters' query. */
export function listImages({ rows, overflow }, columns, places) {
  const keys = Object.fromEntries(Object.entries(KEYS).map(([name, source]) => [name, places.get(source)]));
  return { columns: columns.map((column) => ({ column, place: places.get(column.source) })), keys, rows, overflow };
}

/** Lay out the rows of a visitor's own query, by the names of its columns. */
export function listAnything({ rows, columns, overflow }) {
  const find = (name) => columns.findIndex((column) => column.name.toLowerCase() === name);
  const keys = { id: find("publisherid"), plane: find("planeid"), node: find("fieldnode"), release: find("datarelease") };
  return { columns: columns.map((column, place) => ({ column: describe(column, place), place })), keys, rows, overflow };
}

function describe({ name, datatype, unit, arraysize, description }, place) {
  const isNumber = ["short", "int", "long", "float", "double"].includes(datatype) && !arraysize;
  const write = isNumber ? String : (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return { name: `c${place}`, title: name, source: name, description: description ?? name, width: isNumber ? 120 : /id$/i.test(name) ? 320 : 180, isNumber, write, ...(unit && { units: [{ unit, write }] }) };
}

/**
 * Choose the rows that the filter row lets through, sorted.
 * @param {Listing} listing
 * @param {{where: ReadonlyMap<string, string>, sort: string, units: readonly string[], isSorted: boolean}} wish
 *   isSorted = the service has sorted the rows
 * @returns {Uint32Array}
 */
export function orderRows(listing, { where, sort, units, isSorted }) {
  const tests = listing.columns.filter(({ column }) => where.get(column.name)).map(({ column, place }) => {
    const fits = readTest(where.get(column.name), column);
    return (row) => fits(row[place], () => writeValue(column, row[place], units));
  });
  const order = [];
  listing.rows.forEach((row, number) => {
    if (tests.every((test) => test(row))) order.push(number);
  });
  const sorted = listing.columns.find(({ column }) => column.name === sort.replace("-", ""));
  if (sorted && !isSorted) sortRows(order, listing.rows, sorted.place, sort.startsWith("-") ? -1 : 1);
  return Uint32Array.from(order);
}

const collator = new Intl.Collator("en", { numeric: true });

/** Sort by a column; rows without a value come last either way. */
function sortRows(order, rows, place, direction) {
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));
  order.sort((one, other) => {
    const [a, b] = [rows[one][place], rows[other][place]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return direction * compare(a, b) || one - other;
  });
}

const COMPARISONS = { "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "=": (a, b) => a === b };

/**
 * Read what is typed above a column: "> 5", "5..10", "=M51", "!dark", or a part of the text.
 * @returns {(value: any, write: () => string) => boolean}
 */
export function readTest(text, column) {
  const wanted = text.trim();
  if (wanted.startsWith("!") && wanted.length > 1) {
    const fits = readTest(wanted.slice(1), column);
    return (value, write) => !fits(value, write);
  }
  const range = /^(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)$/.exec(wanted);
  if (range && column.isNumber) return (value) => value !== null && value >= Number(range[1]) && value <= Number(range[2]);
  const comparison = /^([<>]=?|=)\s*(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(wanted);
  if (comparison && column.isNumber) return (value) => value !== null && COMPARISONS[comparison[1]](value, Number(comparison[2]));
  if (wanted.startsWith("=")) return (_, write) => write().toLowerCase() === wanted.slice(1).trim().toLowerCase();
  return (_, write) => write().toLowerCase().includes(wanted.toLowerCase());
}

/** Say how many rows there are, in the words of the archive's own page. */
export function tellCount({ rows, order, overflow }, pending) {
  const [shown, all] = [order.length, rows.length].map((n) => n.toLocaleString("en"));
  if (pending) return `Loading: ${all} rows so far.`;
  return `Showing ${shown} ${order.length === 1 ? "row" : "rows"} (${all} before filtering).${overflow ? " There are more rows available by downloading the complete query results." : ""}`;
}

/** The time of day in UTC as the archive writes it: such times compare as text, thousands in a moment. */
export const readClock = () => new Date().toISOString().slice(0, -1);

/** Tell whether a row stands for an image whose pixels may be fetched. */
export function isDownloadable({ keys }, row, now = readClock()) {
  if (keys.id < 0 || !row[keys.id]) return false;
  if (keys.release < 0) return true;
  return row[keys.release] !== null && row[keys.release] <= now;
}

