/** The objects of an image: grouped by what their nodes are called, and as marks on a picture. */

import { placePixel } from "./frame.js";

const RADII = 3; // of the axes (one standard deviation): an ellipse that holds nearly all light of a star
const LEAST = 1 / 200; // of the longer side: what is smaller could not be seen, nor hit
const COLOURS = 7; // and one for all others

/**
 * @typedef {object} Found an object, as /annotate tells of it
 * @property {string} part
 * @property {number} node
 * @property {string | null} label @property {string | null} labelOrigin
 * @property {number} confidence @property {number | null} oddness
 * @property {number} x @property {number} y FITS pixels
 * @property {number | null} ra @property {number | null} dec
 * @property {number} a @property {number} b @property {number} theta
 * @property {number} flux @property {number} snr @property {number} flags
 *
 * @typedef {object} Group objects whose nodes have the same name
 * @property {string} name
 * @property {number} colour
 * @property {number[]} nodes
 * @property {number} count
 */

/**
 * What the node of an object is called; a question mark stands after names that nobody has confirmed.
 * @param {Pick<Found, "node" | "label" | "labelOrigin">} object
 */
export function nameNode({ node, label, labelOrigin }) {
  if (!label) return `node ${node}`;
  return labelOrigin === "person" ? label : `${label}?`;
}

/**
 * Group objects by the names of their nodes, the most frequent first; the last group is of all other names.
 * @param {Found[]} objects
 * @returns {Group[]}
 */
export function groupObjects(objects) {
  /** @type {Map<string, Group>} */
  const named = new Map();
  for (const object of objects) {
    const name = nameNode(object);
    const group = named.get(name) ?? { name, colour: 0, nodes: [], count: 0 };
    group.count += 1;
    if (!group.nodes.includes(object.node)) group.nodes.push(object.node);
    named.set(name, group);
  }
  const groups = [...named.values()].sort((one, other) => other.count - one.count);
  const [first, others] = [groups.slice(0, COLOURS), groups.slice(COLOURS)];
  const rest = others.length ? [joinGroups(others)] : [];
  return [...first, ...rest].map((group, colour) => ({ ...group, colour }));
}

/** @param {Group[]} groups @returns {Group} */
function joinGroups(groups) {
  const name = groups.length === 1 ? groups[0].name : `${groups.length} others`;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return { name, colour: 0, nodes: groups.flatMap((group) => group.nodes), count };
}

/**
 * Mark objects on a picture.
 * @param {Found[]} objects
 * @param {import("./frame.js").Size} size of the image in pixels
 * @param {Group[]} groups
 * @param {{hidden: Set<number>, raised: number | null}} emphasis colours left out, and the node pointed at
 * @returns {import("./preview.js").Mark[]}
 */
export function markObjects(objects, size, groups, { hidden, raised }) {
  const colours = new Map(groups.flatMap((group) => group.nodes.map((node) => [node, group.colour])));
  const least = Math.max(size.width, size.height) * LEAST;
  return objects.map((object) => {
    const colour = colours.get(object.node) ?? COLOURS;
    return {
      ...placePixel(object, size),
      rx: Math.max(RADII * object.a, least),
      ry: Math.max(RADII * object.b, least),
      angle: -(object.theta ?? 0), // from x towards y, which runs upward in the file
      colour,
      raised: object.node === raised,
      hidden: hidden.has(colour),
      title: `${tellNode(object)}, confidence ${Math.round(100 * object.confidence)} %`,
    };
  });
}

/** @param {Found} object */
function tellNode(object) {
  return object.label ? `${nameNode(object)} (node ${object.node})` : nameNode(object);
}
