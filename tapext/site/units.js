// Positions, times and sizes as people write them: sexagesimal or degrees, calendar or MJD. Pure.

const MJD_OF_1970 = 40587;
const DAY = 86400e3;
const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
const PAIR = new RegExp(`^(${NUMBER})[°d]?[\\s,]+(${NUMBER})[°d]?$`);
const SIX = /^(\d{1,2})[\s:h]+(\d{1,2})[\s:m]+(\d{1,2}(?:\.\d*)?)s?[\s,]*([+−-]?)(\d{1,2})[\s:d°]+(\d{1,2})[\s:m'′]+(\d{1,2}(?:\.\d*)?)[s"″]?$/;

/**
 * Read a position: "13:29:52.7 +47:11:43", "13h29m52.7s +47d11m43s" or "202.47 47.195" in degrees.
 * @param {string} text
 * @returns {?{ra: number, dec: number}} degrees, null if it is no position
 */
export function readPosition(text) {
  const words = text.trim().replaceAll("−", "-");
  const degrees = PAIR.exec(words);
  if (degrees) return checkPosition(Number(degrees[1]), Number(degrees[2]));
  const six = SIX.exec(words);
  if (!six) return null;
  const [, h, m, s, sign, d, min, sec] = six;
  if (m >= 60 || s >= 60 || min >= 60 || sec >= 60) return null;
  const dec = Number(d) + min / 60 + sec / 3600;
  return checkPosition(round(15 * (Number(h) + m / 60 + s / 3600)), round(sign === "-" ? -dec : dec));
}

function checkPosition(ra, dec) {
  return ra >= 0 && ra <= 360 && Math.abs(dec) <= 90 ? { ra, dec } : null;
}

function round(value) {
  return Number(value.toFixed(7));
}

/** Read a day, as 2025-10-23 or MJD; gives MJD, or null. */
export function readDay(text) {
  if (/^\d{5}(\.\d+)?$/.test(text.trim())) return Number(text);
  if (!/^\d{4}-\d\d-\d\d$/.test(text.trim())) return null;
  const time = Date.parse(`${text.trim()}T00:00:00Z`);
  return Number.isNaN(time) ? null : time / DAY + MJD_OF_1970;
}

/** Write right ascension (degrees) in hours, minutes and seconds. */
export function writeHours(degrees) {
  return writeSexagesimal((((degrees % 360) + 360) % 360) / 15, 2, 24);
}

/** Write declination in degrees, minutes and seconds of arc. */
export function writeArc(degrees) {
  return `${degrees < 0 ? "−" : "+"}${writeSexagesimal(Math.abs(degrees), 1, 91)}`;
}

function writeSexagesimal(value, digits, turn) {
  const unit = 10 ** digits;
  const ticks = Math.round(value * 3600 * unit) % (turn * 3600 * unit);
  const [whole, minutes] = [Math.floor(ticks / (3600 * unit)), Math.floor(ticks / (60 * unit)) % 60];
  const seconds = ((ticks % (60 * unit)) / unit).toFixed(digits);
  return `${pad(whole)}:${pad(minutes)}:${seconds.padStart(digits + 3, "0")}`;
}

const pad = (number) => String(number).padStart(2, "0");

/** Write a time (MJD) as a calendar date with seconds. */
export function writeTime(mjd) {
  const date = new Date(Math.round((mjd - MJD_OF_1970) * DAY));
  return Number.isNaN(date.getTime()) ? String(mjd) : date.toISOString().slice(0, 19).replace("T", " ");
}

/** Write the size of a file in two digits. @param {number} bytes */
export function writeSize(bytes) {
  return `${Number((bytes / 1e6).toPrecision(2)).toLocaleString("en")} MB`;
}
