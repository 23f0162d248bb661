// The columns of the results, as users of the archive know them: where they come from and how they read.

import { writeArc, writeHours, writeTime } from "./units.js";

/**
 * @typedef {object} Column
 * @property {string} name in the address and in the result
 * @property {string} title
 * @property {string} source ADQL
 * @property {string} [alias] its name in the result, where it is an expression
 * @property {string} description
 * @property {number} width in pixels
 * @property {(value: any) => string} [write]
 * @property {{unit: string, write: (value: any) => string}[]} [units] the first is shown unless the visitor switches
 * @property {boolean} [isNumber] set in a column of figures
 * @property {boolean} [isShown] at first
 */

const fixed = (digits) => (value) => Number(value).toFixed(digits);
const date = (value) => String(value).slice(0, 19).replace("T", " ");

/** @type {Column[]} */
export const COLUMNS = [
  { name: "collection", title: "Collection", source: "o.collection", width: 104, isShown: true, description: "Collection of the archive" },
  { name: "proposal", title: "Proposal ID", source: "o.proposal_id", width: 110, isShown: true, description: "Identifier of the proposal" },
  { name: "observation", title: "Obs. ID", source: "o.observationID", width: 150, isShown: true, description: "Identifier of the observation" },
  { name: "product", title: "Product ID", source: "p.productID", width: 170, isShown: true, description: "Identifier of the product" },
  { name: "ra", title: "RA (J2000.0)", source: "COORD1(CENTROID(p.position_bounds))", alias: "ra", width: 116, isNumber: true, isShown: true, description: "Right ascension of the centre",
    units: [{ unit: "H:M:S", write: writeHours }, { unit: "°", write: fixed(5) }] },
  { name: "dec", title: "Dec. (J2000.0)", source: "COORD2(CENTROID(p.position_bounds))", alias: "dec", width: 124, isNumber: true, isShown: true, description: "Declination of the centre",
    units: [{ unit: "D:M:S", write: writeArc }, { unit: "°", write: fixed(5) }] },
  { name: "target", title: "Target Name", source: "o.target_name", width: 150, isShown: true, description: "Name of the target" },
  { name: "start", title: "Start Date", source: "p.time_bounds_lower", width: 166, isNumber: true, isShown: true, description: "Start of the exposure (UTC)",
    units: [{ unit: "Calendar", write: writeTime }, { unit: "MJD", write: fixed(5) }] },
  { name: "exposure", title: "Int. Time", source: "p.time_exposure", width: 104, isNumber: true, isShown: true, description: "Integration time",
    units: [{ unit: "Seconds", write: fixed(3) }, { unit: "Minutes", write: (value) => (value / 60).toFixed(3) }, { unit: "Hours", write: (value) => (value / 3600).toFixed(4) }] },
  { name: "instrument", title: "Instrument", source: "o.instrument_name", width: 124, isShown: true, description: "Name of the instrument" },
  { name: "filter", title: "Filter", source: "p.energy_bandpassName", width: 104, isShown: true, description: "Name of the bandpass" },
  { name: "level", title: "Cal. Lev.", source: "p.calibrationLevel", width: 84, isNumber: true, isShown: true, description: "Calibration level: 0 raw to 4 analysis product" },
  { name: "type", title: "Obs. Type", source: "o.type", width: 100, isShown: true, description: "Type of the observation" },
  { name: "objects", title: "Objects", source: "f.nObjects", width: 88, isNumber: true, isShown: true, description: "Objects of the image on Map 1" },
  { name: "field", title: "Map 2", source: "f.fieldNode", width: 76, isNumber: true, isShown: true, description: "Node of Map 2" },
  { name: "pi", title: "P.I. Name", source: "o.proposal_pi", width: 140, description: "Principal investigator" },
  { name: "title", title: "Proposal Title", source: "o.proposal_title", width: 220, description: "Title of the proposal" },
  { name: "intent", title: "Intent", source: "o.intent", width: 96, description: "Science or calibration" },
  { name: "telescope", title: "Telescope", source: "o.telescope_name", width: 120, description: "Name of the telescope" },
  { name: "datatype", title: "Data Type", source: "p.dataProductType", width: 96, description: "Type of the data product" },
  { name: "sequence", title: "Sequence No.", source: "o.sequenceNumber", width: 110, isNumber: true, description: "Number in a sequence of exposures" },
  { name: "scale", title: "Pixel Scale", source: "p.position_sampleSize", width: 104, isNumber: true, description: "Size of a pixel",
    units: [{ unit: "arcsec", write: fixed(3) }] },
  { name: "wavelength", title: "Min. Wavelength", source: "p.energy_bounds_lower", width: 132, isNumber: true, description: "Shortest wavelength",
    units: [{ unit: "nm", write: (value) => (value * 1e9).toFixed(1) }, { unit: "m", write: (value) => Number(value).toExponential(4) }] },
  { name: "release", title: "Data Release", source: "p.dataRelease", width: 166, write: date, description: "When the pixels become public" },
  { name: "fwhm", title: "FWHM", source: "f.fwhm", width: 92, isNumber: true, description: "Width of point-like objects as measured",
    units: [{ unit: "arcsec", write: fixed(2) }] },
  { name: "elongation", title: "Elongation", source: "f.elongation", width: 100, isNumber: true, write: fixed(2), description: "Axis ratio of point-like objects: 1 is round" },
  { name: "noise", title: "Noise", source: "f.noise", width: 92, isNumber: true, write: (value) => Number(value).toPrecision(4), description: "Noise of the background, in counts" },
  { name: "oddness", title: "Oddness", source: "f.oddness", width: 92, isNumber: true, write: fixed(1), description: "Percentile of unlikeness among the images of the same camera" },
];

const BY_NAME = new Map(COLUMNS.map((column) => [column.name, column]));

/** What every row has besides: the keys of the image, its node of Map 2, and when its pixels are public. */
export const KEYS = { id: "p.publisherID", plane: "p.planeID", node: "f.fieldNode", release: "p.dataRelease" };

/**
 * Give the columns that a state shows, in its order.
 * @returns {Column[]}
 */
export function findColumns(state) {
  const chosen = state.columns.map((name) => BY_NAME.get(name)).filter(Boolean);
  return chosen.length ? chosen : COLUMNS.filter((column) => column.isShown);
}

/** Give a column by name. */
export function findColumn(name) {
  return BY_NAME.get(name);
}

/**
 * Lay out a row: what a query selects for these columns, each source once.
 * @param {Column[]} columns
 * @returns {{select: string, places: Map<string, number>}} places = where each source stands in a row
 */
export function layOut(columns) {
  const aliases = new Map([...Object.values(KEYS).map((source) => [source, undefined]), ...columns.map(({ source, alias }) => [source, alias])]);
  const select = [...aliases].map(([source, alias]) => (alias ? `${source} AS ${alias}` : source)).join(", ");
  return { select, places: new Map([...aliases.keys()].map((source, place) => [source, place])) };
}

/** Write what follows ORDER BY for a sort such as "-start"; images without a value come last. */
export function writeOrder(sort) {
  const column = BY_NAME.get(sort.replace("-", ""));
  return column ? `${column.source}${sort.startsWith("-") ? " DESC" : ""}` : "";
}

/** Write a value of a column for people, in the unit chosen; nothing for NULL. */
export function writeValue(column, value, units) {
  if (value === null || value === undefined) return "";
  const unit = column.units?.[findUnit(column, units)];
  const write = unit?.write ?? column.write ?? String;
  return write(value);
}

/** Give the number of the unit that a column is shown in. */
export function findUnit(column, units) {
  const chosen = units.map((word) => /^([a-z]+?)(\d)$/.exec(word)).find((match) => match?.[1] === column.name);
  return chosen && column.units?.[Number(chosen[2])] ? Number(chosen[2]) : 0;
}
