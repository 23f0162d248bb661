/** What is pointed at in an image: an object with its measurements, its node, and the way to others like it. */

import { renderAlike } from "./alike.js";
import { nameNode } from "./objects.js";
import { count, exact } from "./nodes.js";
import { writeArc, writeHours } from "./units.js";
import { html, nothing } from "./vendor/lit-html.js";
import "./nodecard.js";

const FLAGS = ["blended with a neighbour", "cut off by an edge"]; // bits 0 and 1 of SEP

/**
 * @typedef {object} Pointed
 * @property {import("./objects.js").Found | null} object
 * @property {number} node
 * @property {import("./nodes.js").NodeMap | null | undefined} map Map 1
 * @property {number | null} inImage objects of the image in the node
 * @property {Parameters<typeof renderAlike>[0] | null} alike objects like the one that is chosen, null where there is none to ask about
 * @property {(change: object) => string} href
 */

/** What to do where nothing is chosen. */
export function renderInvitation() {
  return html`<h2>What is in it</h2><p class="dim">Choose an object in the picture, or a node of the fingerprint, to see
    what it is like and where else there is such. With the keyboard: Tab to the objects, then the arrow keys.</p>`;
}

/** @param {Pointed} pointed */
export function renderSelection({ object, node, map, inImage, alike, href }) {
  const sample = (/** @type {number} */ rank) => `cutout/node/${map?.mapID}/${node}/${rank}.png`;
  return html`<div class="selection">
    ${object ? renderObject(object) : nothing}
    ${map ? html`<node-card .shown=${{ node: map.nodes[node], images: 0, state: "off", states: [], least: null,
      members: map.nodes[node].nObjects, samples: sample, now: inImage === null ? "" : `${count(inImage, "object")} in this image.` }}></node-card>` : nothing}
    <ul class="ways">
      <li><a href=${href({ view: "results", id: "", has: new Map([[node, 1]]) })}>Images with objects of node ${node}</a></li>
    </ul>
    ${alike ? renderAlike(alike, href) : nothing}
  </div>`;
}

/** @param {import("./objects.js").Found} object */
function renderObject(object) {
  const flags = FLAGS.filter((_, bit) => object.flags & (1 << bit));
  return html`<section aria-label="The chosen object">
    <h3>${object.label ? `${nameNode(object)} (node ${object.node})` : `Object of node ${object.node}`}</h3>
    <dl class="facts">
      ${line("Confidence", `${Math.round(100 * object.confidence)} %`)}
      ${line("Pixel", `${object.x.toFixed(1)}, ${object.y.toFixed(1)}`)}
      ${object.ra === null || object.dec === null ? nothing : line("ICRS", `${writeHours(object.ra)} ${writeArc(object.dec)}`)}
      ${line("Signal to noise", exact(Number(object.snr.toPrecision(3))))}
      ${line("Axes", `${object.a.toFixed(1)} × ${object.b.toFixed(1)} pixels`)}
      ${object.oddness === null ? nothing : line("Oddness", `odder than ${Math.floor(100 * object.oddness)} %`)}
      ${flags.length ? line("Remarks", flags.join(", ")) : nothing}
    </dl></section>`;
}

/** @param {string} name @param {string} value */
function line(name, value) {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
