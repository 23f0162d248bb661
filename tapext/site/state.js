// What the page shows, as the query string of its address: the only place that knows the names there. Pure.

/**
 * @typedef {object} State
 * @property {"results"|"image"|"upload"} view
 * @property {string} id publisherID of the image shown
 * @property {string} target a name to look for
 * @property {string} pos centre, "ra dec" in degrees
 * @property {string} radius in degrees
 * @property {string[]} collection
 * @property {string[]} instrument
 * @property {string[]} filter
 * @property {string} start first day (2025-10-23 or MJD)
 * @property {string} end last day
 * @property {"science"|"calibration"|"all"} intent
 * @property {ReadonlyMap<number, number>} has nodes of Map 1 that images must have, with the least count
 * @property {"all"|"any"} match whether images must have objects in all of these nodes, or in any
 * @property {readonly number[]} lacks nodes of Map 1 that images must not have
 * @property {readonly number[]} field nodes of Map 2 that images must lie in
 * @property {ReadonlyMap<string, string>} where text by column, of the filter row
 * @property {string} sort a column, with "-" before it for descending
 * @property {readonly string[]} columns shown, empty for the default
 * @property {readonly string[]} units columns shown in their second unit
 * @property {readonly string[]} marks acts of marking, see marks.js
 * @property {string} adql a query of the visitor's own instead of the filters
 */

const text = { read: (values) => values.at(-1) ?? "", write: (value) => (value ? [value] : []) };
const texts = { read: (values) => values.filter(Boolean), write: (values) => values };
const words = {
  read: (values) => values.join(",").split(",").filter((word) => /^-?[A-Za-z_]\w*$/.test(word)),
  write: (values) => (values.length ? [values.join(",")] : []),
};
const nodes = {
  read: (values) => readNumbers(values.join(",")),
  write: (values) => (values.length ? [[...values].sort((a, b) => a - b).join(",")] : []),
};
const counts = {
  read: (values) => readCounts(values.join(",")),
  write: (map) => (map.size ? [[...map].sort(([a], [b]) => a - b).map(([node, n]) => (n > 1 ? `${node}:${n}` : node)).join(",")] : []),
};
const byColumn = {
  read: (values) => new Map(values.map((value) => split(value, ":")).filter(([name, wanted]) => /^\w+$/.test(name) && wanted)),
  write: (map) => [...map].filter(([, wanted]) => wanted).map(([name, wanted]) => `${name}:${wanted}`),
};

/** How each name of the query string is read and written. */
const NAMES = {
  ID: text, target: text, pos: text, radius: text, collection: texts, instrument: texts, filter: texts,
  start: text, end: text, intent: text, has: counts, match: text, lacks: nodes, field: nodes, where: byColumn,
  sort: words, columns: words, units: words, mark: texts, adql: text,
};
const PROPERTIES = { ID: "id", mark: "marks" };
const VIEWS = { image: "image", upload: "upload" };

/** What is kept when the visitor goes to another view. */
export const FILTERS = Object.freeze(["target", "pos", "radius", "collection", "instrument", "filter", "start", "end", "intent", "has", "match", "lacks", "field"]);

/**
 * Read the state from an address; what makes no sense there is left out.
 * @param {URL} url
 * @returns {State}
 */
export function readState(url) {
  const state = { view: VIEWS[url.pathname.split("/").at(-1)] ?? "results" };
  for (const [name, kind] of Object.entries(NAMES)) state[PROPERTIES[name] ?? name] = kind.read(url.searchParams.getAll(name));
  state.sort = state.sort[0] ?? "-start";
  if (state.match !== "any") state.match = "all";
  if (!["calibration", "all"].includes(state.intent)) state.intent = "science";
  return Object.freeze(state);
}

/**
 * Write the address of a state, relative to that of the service.
 * @param {State} state
 */
export function writeState(state) {
  const query = new URLSearchParams();
  for (const [name, kind] of Object.entries(NAMES)) {
    const value = state[PROPERTIES[name] ?? name];
    for (const written of kind.write(isDefault(name, value) ? kind.read([]) : name === "sort" ? [value] : value)) query.append(name, written);
  }
  const path = state.view === "results" ? "" : state.view;
  // Colons and commas may stand in a query as they are (RFC 3986), which people can read.
  const written = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return written ? `${path || "./"}?${written}` : path || "./";
}

/** Give the state without any filter, sorted and laid out as it is. */
export function clearFilters(state) {
  const empty = readState(new URL("http://x/"));
  return Object.fromEntries([...FILTERS, "where", "adql"].map((name) => [name, empty[name]]));
}

function isDefault(name, value) {
  return (name === "sort" && value === "-start") || (name === "intent" && value === "science") || (name === "match" && value === "all");
}

function readNumbers(list) {
  const numbers = list.split(",").filter((word) => /^\d{1,3}$/.test(word)).map(Number);
  return [...new Set(numbers)].filter((node) => node < 400);
}

function readCounts(list) {
  const pairs = list.split(",").map((word) => /^(\d{1,3})(?::(\d{1,6}))?$/.exec(word)).filter(Boolean);
  return new Map(pairs.map(([, node, least]) => [Number(node), Math.max(1, Number(least ?? 1))]).filter(([node]) => node < 400));
}

function split(value, separator) {
  const place = value.indexOf(separator);
  return place < 0 ? [value, ""] : [value.slice(0, place), value.slice(place + 1)];
}
