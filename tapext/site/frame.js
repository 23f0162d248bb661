/**
 * Places on a picture, and the part of it that is in view.
 *
 * A picture is measured from its upper left corner, x to the right and y down, in pixels of the image. FITS
 * counts from 1 at the centre of the first pixel, and its first row is at the bottom.
 */

const CLOSEST = 8; // pixels of the image across the view, at least

/**
 * @typedef {{width: number, height: number}} Size
 * @typedef {{x: number, y: number}} Point
 * @typedef {{x: number, y: number, width: number, height: number}} View
 */

/** @param {Size} size @returns {View} */
export function wholeView(size) {
  return { x: 0, y: 0, width: size.width, height: size.height };
}

/**
 * Give the place on the picture of a FITS pixel.
 * @param {Point} pixel @param {Size} size @returns {Point}
 */
export function placePixel(pixel, size) {
  return { x: pixel.x - 0.5, y: size.height + 0.5 - pixel.y };
}

/**
 * Give the area that a picture covers whose pixels are squares of pixels of the image, from its lower left corner on.
 * @param {Size} size of the image @param {Size} picture
 * @returns {View} beyond the image at the top and on the right where the last squares are
 */
export function placePicture(size, picture) {
  const side = Math.max(Math.ceil(Math.max(size.width, size.height) / Math.max(picture.width, picture.height)), 1);
  const height = side * picture.height;
  return { x: 0, y: size.height - height, width: side * picture.width, height };
}

/**
 * Enlarge a view about a point that stays where it is; a factor below 1 shows more.
 * @param {View} view @param {Point} point @param {number} factor @param {Size} size @returns {View}
 */
export function zoom(view, point, factor, size) {
  const most = Math.max(size.width, size.height) / Math.min(CLOSEST, size.width, size.height);
  const wanted = Math.min(Math.max((size.width / view.width) * factor, 1), most);
  const scale = size.width / wanted / view.width;
  return keepInside({
    x: point.x - (point.x - view.x) * scale,
    y: point.y - (point.y - view.y) * scale,
    width: view.width * scale,
    height: view.height * scale,
  }, size);
}

/**
 * Move a view by some pixels of the image.
 * @param {View} view @param {number} dx @param {number} dy @param {Size} size @returns {View}
 */
export function pan(view, dx, dy, size) {
  return keepInside({ ...view, x: view.x + dx, y: view.y + dy }, size);
}

/**
 * Move a view as little as is needed for a point to be well inside it.
 * @param {View} view @param {Point} point @param {Size} size @returns {View}
 */
export function reveal(view, point, size) {
  const dx = overshoot(point.x, view.x, view.width);
  const dy = overshoot(point.y, view.y, view.height);
  return dx || dy ? pan(view, dx, dy, size) : view;
}

/** @param {View} view @returns {Point} */
export function centre(view) {
  return { x: view.x + view.width / 2, y: view.y + view.height / 2 };
}

/** @param {View} view @param {Size} size @returns {View} */
function keepInside(view, size) {
  return {
    ...view,
    x: Math.min(Math.max(view.x, 0), size.width - view.width),
    y: Math.min(Math.max(view.y, 0), size.height - view.height),
  };
}

/** @param {number} value @param {number} start @param {number} length */
function overshoot(value, start, length) {
  const margin = length / 10;
  return Math.min(value - start - margin, 0) + Math.max(value - start - length + margin, 0);
}
