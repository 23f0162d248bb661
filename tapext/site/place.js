/** The place of an image on Map 2, among the images with similar fingerprints. */

import { rowsDownward } from "./lattice.js";
import { count } from "./nodes.js";
import { html, svg } from "./vendor/lit-html.js";

/**
 * @param {number | null} node of Map 2
 * @param {import("./nodes.js").NodeMap | null | undefined} map
 * @param {(change: object) => string} href
 */
export function renderPlace(node, map, href) {
  if (!map) return html`<p class="quiet">The archive has no Map 2 yet.</p>`;
  if (node === null) return html`<p class="quiet">There is nothing in this image to compare, so it has no place on Map 2.</p>`;
  const { nImages } = map.nodes[node];
  return html`<div class="place">
    <figure>${drawMap(node, map)}</figure>
    <div><p>Node <strong>${node}</strong> of Map 2. ${count(nImages, "image")} of the archive ${nImages === 1 ? "lies" : "lie"} there.</p>
      <p><a href=${href({ view: "results", id: "", field: [node] })}>Images with similar fingerprints</a></p></div>
  </div>`;
}

/** @param {number} chosen @param {import("./nodes.js").NodeMap} map */
function drawMap(chosen, { width, height, nodes }) {
  const most = Math.sqrt(Math.max(...nodes.map((node) => node.nImages), 1));
  const cells = rowsDownward({ width, height }).flatMap((row, y) => row.map((node, x) => svg`<rect
    class=${node === chosen ? "cell chosen" : "cell"} x=${x + 0.04} y=${y + 0.04} width="0.92" height="0.92"
    fill-opacity=${node === chosen ? 1 : 0.08 + (0.5 * Math.sqrt(nodes[node].nImages)) / most}></rect>`));
  const [x, y] = [(chosen % width) + 0.5, height - 0.5 - Math.floor(chosen / width)];
  return html`<svg role="img" viewBox="0 0 ${width} ${height}"
    aria-label="Map 2: node ${chosen}, column ${(chosen % width) + 1} of ${width} from the left, row ${Math.floor(chosen / width) + 1} of ${height} from the bottom">
    ${cells}<circle class="pin" cx=${x} cy=${y} r="0.8"></circle></svg>`;
}
