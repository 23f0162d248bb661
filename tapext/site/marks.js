/**
 * Marks: which images a visitor has marked, as the acts that made them. Pure.
 *
 * Acts stand in the address, so that a bookmark or the back button brings the marks back:
 * "one:ID", "not:ID", "field:NODE" (the images of a node of Map 2), "near:DISTANCE:ID" (an image and those as near).
 * Those of a node or a distance are marked among the images listed.
 */

/** How a mark spreads. */
export const SPREADS = { field: "all alike (its node of Map 2)", near: "the nearest to it", one: "this image only" };

/** @typedef {{kind: "one"|"not"|"field"|"near", id?: string, node?: number, distance?: number}} Act */

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

/**
 * Find the images that are marked.
 * @param {readonly string[]} acts
 * @param {import("./listing.js").Listing} listing
 * @param {(id: string) => {publisherID: string, distance: number}[]} near the neighbours of an image, as far as known
 * @param {(row: any[]) => boolean} mayMark
 * @returns {Set<string>} publisherIDs
 */
export function findMarked(acts, listing, near, mayMark) {
  const { rows, keys } = listing;
  const marked = new Set();
  if (!acts.length) return marked;
  const listed = new Set(rows.filter(mayMark).map((row) => row[keys.id]));
  for (const act of acts.map(readAct).filter(Boolean)) {
    if (act.kind === "not") marked.delete(act.id);
    else for (const id of findReached(act, listing, near, listed)) marked.add(id);
  }
  return marked;
}

function findReached(act, { rows, keys }, near, listed) {
  if (act.kind === "one") return [act.id];
  if (act.kind === "field") return rows.filter((row) => row[keys.node] === act.node && listed.has(row[keys.id])).map((row) => row[keys.id]);
  const neighbours = near(act.id).filter(({ distance }) => distance <= act.distance).map(({ publisherID }) => publisherID);
  return [act.id, ...neighbours.filter((id) => listed.has(id))];
}

/** Say what an act did. */
export function tellAct(act, number) {
  const images = `${number.toLocaleString("en")} ${number === 1 ? "image" : "images"}`;
  if (act?.kind === "field") return `Marked ${images} of node ${act.node} of Map 2.`;
  if (act?.kind === "near") return `Marked ${images} up to distance ${act.distance.toFixed(3)}.`;
  return act?.kind === "not" ? "Unmarked one image." : "Marked one image.";
}
