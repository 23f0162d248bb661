// From filters to ADQL: what the table shows, what the maps count, what a visitor copies. Pure.
// In every query p is caom2.Plane, o its Observation, and f its row of caom2_ai.fingerprint.

import { readDay, readPosition } from "./units.js";

/** @typedef {import("./state.js").State} State */

/** Write text as an ADQL literal. */
export function quote(text) {
  return `'${String(text).replaceAll("'", "''")}'`;
}

/**
 * Write the conditions of the filters.
 * @param {State} state
 * @returns {string[]}
 */
export function writeConditions(state) {
  return [...writeMetadata(state), ...writeContent(state)];
}

/** Columns that choices are made by, and their copies beside the fingerprints. */
const COLUMNS = { intent: "o.intent", collection: "o.collection", instrument: "o.instrument_name", filter: "p.energy_bandpassName" };
const COPIES = { intent: "f.intent", collection: "f.collection", instrument: "f.instrument_name", filter: "f.bandpassName" };

/** Conditions on what CAOM knows. */
function writeMetadata(state, columns = COLUMNS) {
  const conditions = [];
  if (state.intent !== "all") conditions.push(writeIntent(columns.intent, state.intent));
  const place = readPosition(state.pos);
  if (place) conditions.push(`1 = INTERSECTS(p.position_bounds, CIRCLE('ICRS', ${place.ra}, ${place.dec}, ${Number(state.radius) || 0.1}))`);
  else if (state.target) conditions.push(`o.target_name ILIKE ${quote(`%${state.target}%`)}`);
  for (const name of ["collection", "instrument", "filter"]) conditions.push(...writeChoice(columns[name], state[name]));
  const [start, end] = [readDay(state.start), readDay(state.end)];
  if (start !== null) conditions.push(`p.time_bounds_lower >= ${start}`);
  if (end !== null) conditions.push(`p.time_bounds_lower < ${end + 1}`);
  return conditions;
}

/** What nobody calls a calibration is science: many headers do not say. */
function writeIntent(column, intent) {
  const known = `${column} = ${quote(intent)}`;
  return intent === "science" ? `(${known} OR ${column} IS NULL)` : known;
}

/** Conditions on what is in the images, by the functions of this service. */
export function writeContent(state) {
  const conditions = state.match === "any" ? writeAny(state.has) : writeAll(state.has);
  if (state.lacks.length) conditions.push(writeLacks(state.lacks));
  if (state.field.length) conditions.push(`f.fieldNode IN (${state.field.join(", ")})`);
  return conditions;
}

/** Objects in each of some nodes. */
function writeAll(has) {
  const single = [...has].filter(([, least]) => least === 1).map(([node]) => node);
  const several = [...has].filter(([, least]) => least > 1);
  return [
    ...(single.length ? [`1 = caomai_has(f.fingerprint, '${single.join(",")}')`] : []),
    ...several.map(([node, least]) => `caomai_count(f.fingerprint, ${node}) >= ${least}`),
  ];
}

/** Objects in at least one of some nodes. */
function writeAny(has) {
  const conditions = [...has].map(([node, least]) => writeAll(new Map([[node, least]]))[0]);
  return conditions.length > 1 ? [`(${conditions.join("\n    OR ")})`] : conditions;
}

/** No objects in some nodes: an index finds the few that have some, three times faster than counting in all. */
function writeLacks(nodes) {
  const found = nodes.map((node) => `1 = caomai_has(x.fingerprint, '${node}')`).join(" OR ");
  const where = `x.planeID = f.planeID AND ${nodes.length > 1 ? `(${found})` : found}`;
  return `NOT EXISTS (SELECT x.planeID FROM caom2_ai.fingerprint AS x\n    WHERE ${where})`;
}

function writeChoice(column, values) {
  if (!values.length) return [];
  return [values.length === 1 ? `${column} = ${quote(values[0])}` : `${column} IN (${values.map(quote).join(", ")})`];
}

/**
 * Write where the rows come from; images without a fingerprint are left out if a condition needs one.
 * @param {boolean} described whether only images with a fingerprint count
 */
export function writeSource(described) {
  const join = described ? "JOIN" : "LEFT JOIN";
  return `FROM caom2.Plane AS p\nJOIN caom2.Observation AS o ON o.obsID = p.obsID\n${join} caom2_ai.fingerprint AS f ON f.planeID = p.planeID`;
}

/**
 * Write a query for the images that the filters leave.
 * @param {State} state
 * @param {{select: string, more?: string[], order?: string, described?: boolean, top?: number}} wish
 *   more = further conditions; order = what follows ORDER BY
 */
export function writeQuery(state, { select, more = [], order = "", described = false, top = 0 }) {
  const conditions = [...writeConditions(state), ...more];
  const source = writeSource(described || writeContent(state).length > 0);
  return writeAs({ select, source, conditions, order, top });
}

function writeAs({ select, source, conditions, order, top }) {
  const where = conditions.length ? `\nWHERE ${conditions.join("\n  AND ")}` : "";
  return `SELECT ${top ? `TOP ${top} ` : ""}${select}\n${source}${where}${order ? `\nORDER BY ${order}` : ""}`;
}

/**
 * Write a query for the number of images that the filters leave by node of Map 2: columns fieldNode, images.
 * Where no filter needs CAOM's own tables they are left out, which halves the work.
 * @param {State} state
 * @param {readonly number[]} [some] nodes of Map 1: only images with objects in one of them
 */
export function writeFieldCounts(state, some = []) {
  const more = [...writeAny(new Map(some.map((node) => [node, 1]))), "f.fieldNode IS NOT NULL"];
  return `${writeDescribed(state, { select: "f.fieldNode, COUNT(*) AS images", more })}\nGROUP BY f.fieldNode`;
}

/** Write a query for the number of images that the filters leave with objects in a node of Map 1: column images. */
export function writeNodeCount(state, node) {
  return writeDescribed(state, { select: "COUNT(*) AS images", more: writeAny(new Map([[node, 1]])) });
}

/** Write a query for the images of a node of Map 2 that the filters leave: publisherID, dataRelease. */
export function writeFieldImages(state, node) {
  return writeDescribed(state, { select: "f.publisherID, f.dataRelease", more: [`f.fieldNode = ${node}`] });
}

/**
 * Write a query for the images most like one among those that the filters leave: publisherID, dataRelease, dist,
 * which is null for images that cannot be compared. The image itself comes first.
 * @param {State} state
 * @param {string} id publisherID
 * @param {number} top
 */
export function writeNearest(state, id, top) {
  const select = `f.publisherID, f.dataRelease, caomai_distance(f.vector, caomai_vector(${quote(id)})) AS dist`;
  return writeDescribed(state, { select, order: "dist", top });
}

/** Write a query for images with a fingerprint; CAOM's own tables are left out where no filter needs them. */
function writeDescribed(state, { select, more = [], order = "", top = 0 }) {
  if (state.pos || state.target || state.start || state.end) return writeQuery(state, { select, more, order, top, described: true });
  const conditions = [...writeMetadata(state, COPIES), ...writeContent(state), ...more];
  return writeAs({ select, source: "FROM caom2_ai.fingerprint AS f", conditions, order, top });
}

/** Write Python that asks the same of this service. */
export function writePython(query, service) {
  const text = query.includes('"""') || query.includes("\\") ? JSON.stringify(query) : `"""\n${query}\n"""`;
  return `import pyvo\n\nservice = pyvo.dal.TAPService("${service}tap")\nrows = service.search(${text}).to_table()\n`;
}
