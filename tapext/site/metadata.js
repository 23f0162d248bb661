/** What CAOM and the fingerprint say of an image, in groups, with units. */

import { count, exact } from "./nodes.js";
import { writeArc, writeHours, writeTime } from "./units.js";
import { html, nothing } from "./vendor/lit-html.js";

const LEVELS = ["raw", "raw", "calibrated", "product", "analysis product"];
const BYTES = new Intl.NumberFormat("en", { style: "unit", unit: "byte", notation: "compact", unitDisplay: "narrow" });

/** @typedef {Record<string, any>} Row */
/** @typedef {[string, unknown]} Line a name and what stands beside it; nothing where that is null */

/**
 * @param {import("./archived.js").Image} image
 * @param {import("./data.js").Answer} files
 */
export function renderMetadata({ description, content }, files) {
  return html`<div class="metadata">
    ${renderGroup("Observation", tellObservation(description))}
    ${renderGroup("Position", tellPosition(description, content))}
    ${renderGroup("Energy and time", [...tellEnergy(description), ...tellTime(description)])}
    ${content ? renderGroup("Pixels", tellPixels(content)) : nothing}
    <section><h3>Files</h3>${renderFiles(files)}</section>
  </div>`;
}

/** @param {string} title @param {Line[]} lines */
function renderGroup(title, lines) {
  const known = lines.filter(([, value]) => value !== null && value !== "");
  return html`<section><h3>${title}</h3>
    <dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** @param {Row} row @returns {Line[]} */
function tellObservation(row) {
  return [
    ["Target", row.target_name],
    ["Collection", row.collection],
    ["Observation", row.observationID],
    ["Product", row.productID],
    ["Intent", [row.intent, row.type].filter(Boolean).join(", ")],
    ["Telescope", row.telescope_name],
    ["Instrument", row.instrument_name],
    ["Proposal", [row.proposal_id, row.proposal_title].filter(Boolean).join(": ")],
    ["Principal investigator", row.proposal_pi],
    ["Calibration level", tellLevel(row.calibrationLevel)],
    ["Made by", [row.provenance_name, row.provenance_version].filter(Boolean).join(" ")],
    ["Identifier", html`<code>${row.publisherID}</code>`],
  ];
}

/** @param {number | null} level */
function tellLevel(level) {
  return level === null ? null : `${level}${LEVELS[level] ? ` (${LEVELS[level]})` : ""}`;
}

/** @param {Row} row @param {Row | null} content @returns {Line[]} */
function tellPosition(row, content) {
  const hasPlace = content && content.ra !== null && content.dec !== null;
  return [
    ["Centre (ICRS)", hasPlace ? `${writeHours(content.ra)} ${writeArc(content.dec)}` : null],
    ["in degrees", hasPlace ? `${content.ra.toFixed(6)}, ${content.dec.toFixed(6)}` : null],
    ["Diameter", tell(row.position_bounds_size, tellAngle)],
    ["Pixel", tell(row.position_sampleSize, (size) => `${size.toPrecision(3)}″`)],
    ["Size", row.position_dimension_naxis1 ? `${exact(row.position_dimension_naxis1)} × ${exact(row.position_dimension_naxis2)} pixels` : null],
  ];
}

/** @param {number} degrees */
function tellAngle(degrees) {
  return degrees < 1 ? `${(60 * degrees).toPrecision(3)}′` : `${degrees.toPrecision(3)}°`;
}

/** @param {Row} row @returns {Line[]} */
function tellEnergy(row) {
  const range = row.energy_bounds_lower !== null && row.energy_bounds_upper !== null;
  return [
    ["Filter", row.energy_bandpassName],
    ["Wavelengths", range ? `${tellNanometres(row.energy_bounds_lower)} to ${tellNanometres(row.energy_bounds_upper)} nm` : null],
  ];
}

/** @param {number} metres */
function tellNanometres(metres) {
  return exact(Number((1e9 * metres).toPrecision(4)));
}

/** @param {Row} row @returns {Line[]} */
function tellTime(row) {
  return [
    ["Start", tell(row.time_bounds_lower, (time) => `${writeTime(time)} UTC`)],
    ["End", tell(row.time_bounds_upper, (time) => `${writeTime(time)} UTC`)],
    ["Start, MJD", tell(row.time_bounds_lower, (time) => `${time.toFixed(5)} d`)],
    ["Exposure", tell(row.time_exposure, (time) => `${exact(time)} s`)],
    ["Public since", tell(row.dataRelease, (time) => `${time.slice(0, 10)}`)],
  ];
}

/** @param {Row} row @returns {Line[]} */
function tellPixels(row) {
  const sampled = row.nObjects < row.nDetected ? `, ${exact(row.nObjects)} of them described` : "";
  return [
    ["Objects", `${exact(row.nDetected)} found${sampled}`],
    ["Width of points", tell(row.fwhm, (width) => `${width.toPrecision(3)}″`) ?? tell(row.fwhmPixel, (width) => `${width.toPrecision(3)} pixels`)],
    ["Elongation", tell(row.elongation, (ratio) => ratio.toFixed(2))],
    ["Background", tell(row.background, (value) => value.toPrecision(4))],
    ["Noise", tell(row.noise, (value) => value.toPrecision(3))],
    ["Saturated", tell(row.saturatedFraction, tellShare)],
    ["Masked", tell(row.maskedFraction, tellShare)],
    ["Oddness", tell(row.oddness, (rank) => `odder than ${Math.floor(rank)} % of the images of its kind`)],
  ];
}

/** @param {number} fraction */
function tellShare(fraction) {
  return `${(100 * fraction).toPrecision(2)} %`;
}

/** @template T @param {T | null} value @param {(value: T) => string} write */
function tell(value, write) {
  return value === null || value === undefined ? null : write(value);
}

/** @param {import("./data.js").Answer} files */
function renderFiles({ value, error, pending }) {
  if (pending) return html`<p class="quiet" role="status">Looking for files…</p>`;
  if (error) return html`<p class="notice" role="alert">${error}</p>`;
  if (!value.length) return html`<p class="quiet">The archive names no files.</p>`;
  return html`<ul class="files">${value.map(renderFile)}</ul>
    <p class="dim">${count(value.length, "link")} by DataLink.</p>`;
}

/** @param {Row} row */
function renderFile(row) {
  if (row.error_message || !/^https?:/.test(row.access_url)) return html`<li class="dim">${tellError(row)}</li>`;
  const size = row.content_length ? ` (${BYTES.format(row.content_length)})` : "";
  return html`<li><a href=${row.access_url} rel="noreferrer">${row.description || row.access_url}</a>${size}</li>`;
}

/** @param {Row} row */
function tellError(row) {
  return row.error_message.replace(/^\w+: /, "") || "A file without an address.";
}
