/** Places on a grid of nodes: node = column + width * row, rows upward (as in the archive's tables). */

/** @typedef {{width: number, height: number}} Lattice */

/**
 * The rows of nodes from the top of the screen to its bottom.
 * @param {Lattice} lattice
 * @returns {number[][]}
 */
export function rowsDownward({ width, height }) {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => column + width * (height - 1 - row)));
}

/**
 * The node that lies some steps away, stopping at the edges.
 * @param {Lattice} lattice
 * @param {number} node
 * @param {[number, number]} step columns to the right, rows upward
 */
export function neighbour({ width, height }, node, [right, up]) {
  const column = clamp((node % width) + right, width);
  const row = clamp(Math.floor(node / width) + up, height);
  return column + width * row;
}

/**
 * The nodes on the way from one to another, both included: a quick hand skips none.
 * @param {Lattice} lattice
 * @param {number} from
 * @param {number} to
 * @returns {number[]}
 */
export function nodesBetween({ width }, from, to) {
  const [x, y] = [from % width, Math.floor(from / width)];
  const [right, up] = [(to % width) - x, Math.floor(to / width) - y];
  const steps = Math.max(Math.abs(right), Math.abs(up), 1);
  return Array.from({ length: steps + 1 }, (_, step) =>
    Math.round(x + (right * step) / steps) + width * Math.round(y + (up * step) / steps));
}

/**
 * The node at a point of the screen, or null beside the grid.
 * @param {Lattice} lattice
 * @param {DOMRect} area of the grid
 * @param {{clientX: number, clientY: number}} point
 */
export function nodeAt({ width, height }, area, { clientX, clientY }) {
  const column = Math.floor(((clientX - area.left) / area.width) * width);
  const row = Math.floor(((area.bottom - clientY) / area.height) * height);
  const inside = column >= 0 && column < width && row >= 0 && row < height;
  return inside ? column + width * row : null;
}

function clamp(number, size) {
  return Math.min(Math.max(number, 0), size - 1);
}
