/**
 * Marks: which images a visitor has marked, as the acts that made them. Pure.
 *
 * Acts stand in the address, so that a bookmark or the back button brings the marks back:
 * "one:ID", "not:ID", "field:NODE" (the images of a node of Map 2), "near:DISTANCE:ID" (an image and those as near).
 * Those of a node or a distance are marked among the images that the filters leave.
 */

/** How a mark spreads. */
export const SPREADS = { field: "all alike (its node of Map 2)", near: "the nearest to it", one: "this image only" };

/** @typedef {{kind: "one"|"not"|"field"|"near", id?: string, node?: number, distance?: number}} Act */
/** @typedef {{publisherID: string, distance: number}} Neighbour */

/** @returns {?Act} */
export function readAct(text) {
  const [, kind, rest] = /^(one|not|field|near):(.*)$/s.exec(text) ?? [];
  if (kind === "one" || kind === "not") return { kind, id: rest };
  if (kind === "field" && /^\d{1,3}$/.test(rest)) return { kind, node: Number(rest) };
  const near = kind === "near" && /^(\d(?:\.\d+)?):(.+)$/s.exec(rest);
  return near ? { kind, distance: Number(near[1]), id: near[2] } : null;
}

/** @param {Act} act */
export function writeAct({ kind, id, node, distance }) {
  if (kind === "field") return `field:${node}`;
  return kind === "near" ? `near:${distance.toFixed(3)}:${id}` : `${kind}:${id}`;
}

/** Tell whether an act takes more images than the one it names. @param {?Act} act */
export function isWide(act) {
  return act?.kind === "field" || act?.kind === "near";
}

/**
 * Find the images that are marked.
 * @param {readonly string[]} acts
 * @param {{inNode: (node: number) => Iterable<string>, near: (id: string) => Iterable<Neighbour>}} known
 *   the images of a node of Map 2, and the neighbours of an image, as far as known
 * @returns {Set<string>} publisherIDs
 */
export function findMarked(acts, known) {
  const marked = new Set();
  for (const act of acts.map(readAct).filter(Boolean)) {
    if (act.kind === "not") marked.delete(act.id);
    else for (const id of findTaken(act, known)) marked.add(id);
  }
  return marked;
}

/** @param {Act} act */
function findTaken({ kind, id, node, distance }, known) {
  if (kind === "one") return [id];
  if (kind === "field") return known.inNode(node);
  return [id, ...[...known.near(id)].filter((one) => one.distance <= distance).map((one) => one.publisherID)];
}

/**
 * Sort the images listed by their nodes of Map 2.
 * @param {import("./listing.js").Listing} listing
 * @param {(row: any[]) => boolean} mayMark
 * @returns {Map<?number, string[]>} publisherIDs by node
 */
export function groupByNode({ rows, keys }, mayMark) {
  const nodes = new Map();
  for (const row of rows) {
    if (!mayMark(row)) continue;
    const node = keys.node < 0 ? null : row[keys.node];
    if (nodes.has(node)) nodes.get(node).push(row[keys.id]);
    else nodes.set(node, [row[keys.id]]);
  }
  return nodes;
}

/** Say what an act did. */
export function tellAct(act, number) {
  const images = `${number.toLocaleString("en")} ${number === 1 ? "image" : "images"}`;
  if (act?.kind === "field") return `Marked ${images} of node ${act.node} of Map 2.`;
  if (act?.kind === "near") return `Marked ${images} up to distance ${act.distance.toFixed(3)}.`;
  return act?.kind === "not" ? "Unmarked one image." : "Marked one image.";
}
