/** What the archive knows of one image: by ADQL, /annotate, /similar and DataLink, as any client would ask. */

import { quote } from "./adql.js";
import { askObjects, readTable, send } from "./tap.js";
import { readTable as readDocument } from "./votable.js";

export const MOST_OBJECTS = 2000; // marks that a picture can show, and a browser draw at once
const MOST_SIMILAR = 12;
const PREVIEW = /^#(preview|thumbnail)/;

const DESCRIPTION = (/** @type {string} */ id) => `SELECT p.planeID, p.publisherID, p.productID, p.dataProductType,
p.calibrationLevel, p.provenance_name, p.provenance_version, p.position_bounds_size, p.position_sampleSize,
p.position_dimension_naxis1, p.position_dimension_naxis2, p.energy_bandpassName, p.energy_bounds_lower,
p.energy_bounds_upper, p.time_bounds_lower, p.time_bounds_upper, p.time_exposure, p.dataRelease,
o.collection, o.observationID, o.intent, o.type, o.proposal_id, o.proposal_pi, o.proposal_title, o.target_name,
o.telescope_name, o.instrument_name
FROM caom2.Plane AS p
JOIN caom2.Observation AS o ON o.obsID = p.obsID
WHERE p.publisherID = ${quote(id)}`;
const CONTENT = (/** @type {string} */ id) => `SELECT f.mapID, f.fingerprint, f.nObjects, f.nDetected, f.fieldNode,
f.background, f.noise, f.fwhm, f.fwhmPixel, f.elongation, f.saturatedFraction, f.maskedFraction, f.oddness, f.ra, f.dec
FROM caom2_ai.fingerprint AS f
WHERE f.publisherID = ${quote(id)}`;
const PARTS = (/** @type {string} */ id) => `SELECT f.artifactURI, f.part, f.nObjects, f.nDetected, f.naxis1, f.naxis2
FROM caom2_ai.part_fingerprint AS f
WHERE f.publisherID = ${quote(id)}`;
const PLANES = (/** @type {string[]} */ ids) => `SELECT p.publisherID, p.planeID
FROM caom2.Plane AS p
WHERE p.publisherID IN (${ids.map(quote).join(", ")})`;

/** @typedef {Record<string, any>} Row */
/**
 * @typedef {object} Image
 * @property {Row} description its plane and observation
 * @property {Row | null} content its fingerprint, null where its pixels are not public or not described yet
 * @property {Row[]} parts
 */

/**
 * Ask for an image; one that is hidden is as unknown as one that does not exist: null.
 * @param {string} id publisherID
 * @param {AbortSignal} signal
 * @returns {Promise<Image | null>}
 */
export async function askImage(id, signal) {
  const ask = (/** @type {string} */ query) => askObjects(query, { signal });
  const [[description], [content], parts] = await Promise.all([DESCRIPTION, CONTENT, PARTS].map((write) => ask(write(id))));
  if (!description) return null;
  return { description, content: content ?? null, parts: parts.sort(byPart) };
}

/** @param {Row} one @param {Row} other */
function byPart(one, other) {
  return one.artifactURI.localeCompare(other.artifactURI) || one.part.length - other.part.length
    || one.part.localeCompare(other.part);
}

/**
 * Ask for the brightest objects of a part of an image.
 * @param {string} id @param {string} part @param {AbortSignal} signal
 * @returns {Promise<import("./objects.js").Found[]>}
 */
export async function askMarked(id, part, signal) {
  return askRows("annotate", { ID: id, PART: part, MAXREC: MOST_OBJECTS }, signal);
}

/**
 * Ask for the images that are most like one, each with the identifier of its plane, under which its pictures are.
 * @param {string} id @param {AbortSignal} signal
 * @returns {Promise<Row[]>}
 */
export async function askSimilar(id, signal) {
  return addPlanes(await askRows("similar", { ID: id, K: MOST_SIMILAR }, signal), signal);
}

/** @param {Row[]} rows @param {AbortSignal} [signal] */
export async function addPlanes(rows, signal) {
  const ids = rows.map((row) => row.publisherID).filter(Boolean);
  const planes = ids.length ? await askObjects(PLANES(ids), { signal }) : [];
  const known = new Map(planes.map((row) => [row.publisherID, row.planeID]));
  return rows.map((row) => ({ ...row, planeID: known.get(row.publisherID) ?? null }));
}

/**
 * Ask for the files of an image.
 * @param {string} id @param {AbortSignal} signal
 * @returns {Promise<Row[]>} rows of DataLink
 */
export async function askFiles(id, signal) {
  const answer = await send(`datalink/links?ID=${encodeURIComponent(id)}`, { signal });
  const { rows } = readDocument(await answer.text());
  const isFile = (/** @type {Row} */ row) => row.semantics.startsWith("#") && row.semantics !== "#proc"
    && !PREVIEW.test(row.semantics);
  return rows.filter(isFile);
}

/**
 * Ask a service for a table.
 * @param {string} path @param {Record<string, any>} words @param {AbortSignal} signal
 * @returns {Promise<any[]>} rows as objects, keyed by the names of their columns
 */
export async function askRows(path, words, signal) {
  const answer = await send(`${path}?${new URLSearchParams({ ...words, RESPONSEFORMAT: "json" })}`, { signal });
  const { columns, rows } = await readTable(/** @type {ReadableStream} */ (answer.body));
  return rows.map((row) => Object.fromEntries(columns.map((column, place) => [column.name, row[place]])));
}
