/** The two current maps as the archive describes them: their nodes, with counts and names, by ADQL. */

import { askObjects } from "./tap.js";

const NODES = `SELECT m.mapID, m.kind, m.gridWidth, m.gridHeight, n.node, n.nObjects, n.nImages
FROM caom2_ai.node AS n
JOIN caom2_ai.map AS m ON m.mapID = n.mapID
WHERE m.isCurrent = 1`;
const LABELS = `SELECT l.node, l.label, l.author, l.origin, l.labelPrecision, l.precisionLow, l.precisionHigh, l.nSeen,
l.labelledSet, l.checkedPrecision, l.checkedLow, l.checkedHigh, l.nChecked, l.checkedBy
FROM caom2_ai.label AS l
JOIN caom2_ai.map AS m ON m.mapID = l.mapID
WHERE m.kind = 'object' AND m.isCurrent = 1`;

/**
 * What somebody or some set of labelled objects calls a node, and how often that is right.
 * @typedef {object} Label
 * @property {string} label
 * @property {string} author
 * @property {"person" | "suggested"} origin
 * @property {number | null} labelPrecision with precisionLow and precisionHigh, of nSeen objects of labelledSet
 * @property {number | null} checkedPrecision with checkedLow and checkedHigh, of nChecked objects seen by checkedBy
 */
/** @typedef {{node: number, nObjects: number, nImages: number, labels: Label[]}} Node */
/** @typedef {{mapID: number, width: number, height: number, nodes: Node[]}} NodeMap */

/**
 * Ask for the current maps, and how many images they hold; a map that does not exist yet is null.
 * @param {AbortSignal} [signal]
 * @returns {Promise<{object: NodeMap | null, field: NodeMap | null, images: number}>}
 */
export async function askMaps(signal) {
  const [nodes, labels] = await Promise.all([NODES, LABELS].map((query) => askObjects(query, { signal })));
  const field = makeMap(nodes, "field", []);
  const images = field?.nodes.reduce((sum, { nImages }) => sum + nImages, 0) ?? 0;
  return { object: makeMap(nodes, "object", labels), field, images };
}

function makeMap(rows, kind, labels) {
  const own = rows.filter((row) => row.kind === kind);
  if (!own.length) return null;
  const [{ mapID, gridWidth: width, gridHeight: height }] = own;
  const nodes = Array.from({ length: width * height }, (_, node) => ({ node, nObjects: 0, nImages: 0, labels: [] }));
  for (const { node, nObjects, nImages } of own) Object.assign(nodes[node], { nObjects, nImages });
  for (const label of labels.toSorted(byTrust)) nodes[label.node].labels.push(label);
  return { mapID, width, height, nodes };
}

/** The order in which /similar names a node: people's words first, then what was measured best. */
function byTrust(one, other) {
  return (one.origin === "suggested") - (other.origin === "suggested")
    || (other.labelPrecision ?? -1) - (one.labelPrecision ?? -1) || one.label.localeCompare(other.label);
}

/** The name of a label: a question mark stands after one that nobody has confirmed. */
export function wordOf({ label, origin }) {
  return origin === "suggested" ? `${label}?` : label;
}

/**
 * The name of a node, such as "Node 144, merger?".
 * @param {Node} node
 */
export function nameOf({ node, labels }) {
  return [`Node ${node}`, ...labels.slice(0, 1).map(wordOf)].join(", ");
}

/**
 * The nodes whose number or labels match what somebody looks for; null if nothing is looked for.
 * @param {NodeMap} map
 * @param {string} words
 * @returns {Set<number> | null}
 */
export function findNodes({ nodes }, words) {
  const wanted = words.trim().toLowerCase().replace(/^(?:node\s*|#)(?=\d)/, "");
  if (!wanted) return null;
  const fits = ({ node, labels }) =>
    String(node) === wanted || labels.some(({ label }) => label.toLowerCase().includes(wanted));
  return new Set(nodes.filter(fits).map(({ node }) => node));
}

/** All labels of a map, each once, in the order of the alphabet. */
export function wordsOf({ nodes }) {
  return [...new Set(nodes.flatMap(({ labels }) => labels.map(({ label }) => label)))].sort();
}

const EXACT = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 2 });
const SHARE = new Intl.NumberFormat("en", { style: "percent", maximumSignificantDigits: 2 });

/** A number with separators, in three characters or so, and as a percentage. */
export const exact = (number) => EXACT.format(number);
export const short = (number) => SHORT.format(number);
export const share = (fraction) => SHARE.format(fraction);

/** A count with its noun: "1 image", "2,000 images". */
export const count = (number, noun) => `${exact(number)} ${noun}${number === 1 ? "" : "s"}`;

/**
 * Shades 0 to 9 of numbers, by their logarithms: 0 is nothing, 1 the least there is, 9 the most.
 * @param {number[]} numbers
 * @returns {number[]}
 */
export function shadesOf(numbers) {
  const logs = numbers.map(Math.log);
  const least = Math.min(...logs.filter(Number.isFinite));
  const range = Math.max(...logs) - least;
  return logs.map((log) => (Number.isFinite(log) ? 9 - Math.round(range && 8 * (1 - (log - least) / range)) : 0));
}
