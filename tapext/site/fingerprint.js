/** A fingerprint, drawn as bars and as a map; a table says the same. */

import { rowsDownward } from "./lattice.js";
import { html, nothing, svg } from "./vendor/lit-html.js";

const MAP1 = { width: 20, height: 20 };
const HEIGHT = 100;

/**
 * @typedef {object} Facts
 * @property {number[]} counts objects in each node of Map 1
 * @property {Map<number, string>} names what nodes are called
 * @property {number | null} chosen node
 * @property {(node: number) => void} choose
 */

/** @param {Facts} facts */
export function renderFingerprint(facts) {
  return html`
    <div class="fingerprint">
      <figure class="bars">
        ${drawBars(facts)}
        <figcaption><span>node 0</span><span>100</span><span>200</span><span>300</span><span>399</span></figcaption>
      </figure>
      <figure class="counts">${drawMap(facts)}</figure>
    </div>
    <p class="dim">Height and shade show the square root of the number of objects, so that rare ones are seen; the most is ${Math.max(...facts.counts).toLocaleString("en")}.
      ${facts.chosen === null ? "Choose a node to see its objects." : tellChosen(facts, facts.chosen)}</p>
    ${renderTable(facts)}`;
}

/** @param {Facts} facts @param {number} node */
function tellChosen({ counts, names }, node) {
  return html`<strong role="status">${tellCount(node, counts[node], names)}</strong>`;
}

/** @param {number} node @param {number} count @param {Map<number, string>} names */
function tellCount(node, count, names) {
  const name = names.has(node) ? ` (${names.get(node)})` : "";
  return `Node ${node}${name}: ${count.toLocaleString("en")} ${count === 1 ? "object" : "objects"}.`;
}

/** @param {number[]} counts */
function scale(counts) {
  const most = Math.sqrt(Math.max(...counts, 1));
  return (/** @type {number} */ node) => Math.sqrt(counts[node]) / most;
}

/** @param {Facts} facts */
function drawBars({ counts, names, chosen, choose }) {
  const height = scale(counts);
  const pick = (/** @type {MouseEvent} */ event) => {
    const { left, width } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    choose(nearest(counts, ((event.clientX - left) / width) * counts.length));
  };
  return html`<svg role="img" aria-label="Fingerprint: objects in each of the 400 nodes of Map 1; the table below has the numbers"
    viewBox="0 0 ${counts.length} ${HEIGHT}" preserveAspectRatio="none" @click=${pick}>
    ${counts.map((count, node) => count ? svg`<rect class=${node === chosen ? "bar chosen" : "bar"}
      x=${node} y=${HEIGHT * (1 - height(node))} width="1" height=${HEIGHT * height(node)}
      ><title>${tellCount(node, count, names)}</title></rect>` : nothing)}</svg>`;
}

/** The node with objects that is nearest to a place on the axis. @param {number[]} counts @param {number} place */
function nearest(counts, place) {
  const filled = [...counts.keys()].filter((node) => counts[node] > 0);
  return filled.reduce((best, node) => Math.abs(node + 0.5 - place) < Math.abs(best + 0.5 - place) ? node : best,
    filled[0] ?? 0);
}

/** @param {Facts} facts */
function drawMap({ counts, names, chosen, choose }) {
  const shade = scale(counts);
  const cells = rowsDownward(MAP1).flatMap((row, y) => row.map((node, x) => svg`<rect
    class=${node === chosen ? "cell chosen" : "cell"} x=${x + 0.04} y=${y + 0.04} width="0.92" height="0.92"
    fill-opacity=${counts[node] ? 0.15 + 0.85 * shade(node) : 0} @click=${() => choose(node)}
    ><title>${tellCount(node, counts[node], names)}</title></rect>`));
  return html`<svg role="img" aria-label="The same on Map 1: 20 by 20 nodes, node 0 at the lower left"
    viewBox="0 0 ${MAP1.width} ${MAP1.height}">${cells}</svg>`;
}

/** @param {Facts} facts */
function renderTable({ counts, names, chosen, choose }) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const filled = [...counts.keys()].filter((node) => counts[node]).sort((one, other) => counts[other] - counts[one]);
  return html`<details class="as-table">
    <summary>As a table: ${filled.length} of ${counts.length} nodes have objects</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Objects by node">
    <table><thead><tr><th scope="col">Node</th><th scope="col">Name</th>
      <th scope="col" class="number">Objects</th><th scope="col" class="number">Share</th></tr></thead>
    <tbody>${filled.map((node) => html`<tr>
      <td><button type="button" class="plain" aria-pressed=${String(node === chosen)}
        @click=${() => choose(node)}>${node}</button></td>
      <td>${names.get(node) ?? ""}</td><td class="number">${counts[node].toLocaleString("en")}</td>
      <td class="number">${((100 * counts[node]) / all).toFixed(1)} %</td></tr>`)}
    </tbody></table></div></details>`;
}
