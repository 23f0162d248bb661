/** What is known of a node: samples, counts, names with their evidence, and what is done with it. */

import { Drawn } from "./drawn.js";
import { count, exact, nameOf, share, wordOf } from "./nodes.js";
import { renderThumbnail } from "./thumbnail.js";
import { html, keyed, nothing } from "./vendor/lit-html.js";

const SAMPLES = 12; // pictures that the service has of a node, at most
const PATIENCE = 150; // ms for which a pointer rests before samples are asked for
const DOES = { off: "Off", include: "Include", exclude: "Exclude" };
const SIGNS = { off: "", include: "+", exclude: "−" };

/**
 * Properties: `node`, `images` (of the whole archive), `state`, `states`, `least` (count of objects, or null),
 * `members` (objects or images in the node), `samples` (rank to address, or null), `now` (a sentence on the results
 * shown, or ""). Events: `choose` {state}, `least` {least}.
 */
class NodeCard extends Drawn {
  #shown = { node: null, images: 0, state: "off", states: [], least: null, members: 0, samples: null, now: "" };
  #rested = null;
  #timer = 0;

  set shown(shown) {
    if (shown.node !== this.#shown.node) this.#rest(shown.node);
    this.#shown = shown;
    this.changed();
  }

  #rest(node) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#rested = node;
      this.changed();
    }, PATIENCE);
  }

  template() {
    const { node, now } = this.#shown;
    if (!node) return html`<p class="card-hint">Point at a node, tap it, or move to it with the arrow keys, to see what lies in it.</p>`;
    return html`<section class="card" aria-label=${nameOf(node)}>
      <h3>${nameOf(node)}</h3>
      ${this.#samples()}
      ${this.#figures()}
      ${now ? html`<p class="card-now">${now}</p>` : nothing}
      ${node.labels.length ? html`<ul class="card-labels">${node.labels.map(drawLabel)}</ul>` : nothing}
      ${this.#choices()}
    </section>`;
  }

  #samples() {
    const { node, members, samples } = this.#shown;
    if (!samples || !members) return nothing;
    const ranks = Array.from({ length: Math.min(members, SAMPLES) }, (_, rank) => rank + 1);
    return html`<div class="card-samples" role="img" aria-label="Typical examples">
      ${ranks.map((rank) => html`<span>${this.#rested === node ? keyed(node, renderThumbnail(samples(rank))) : nothing}</span>`)}
    </div>`;
  }

  #figures() {
    const { node, images } = this.#shown;
    const part = images ? ` (${share(node.nImages / images)})` : "";
    return html`<dl class="card-figures">
      <div><dt>Objects</dt><dd>${exact(node.nObjects)}</dd></div>
      <div><dt>Images</dt><dd>${exact(node.nImages)}${part}</dd></div>
      <div><dt>Objects an image</dt><dd>${node.nImages ? exact(Number((node.nObjects / node.nImages).toPrecision(2))) : "–"}</dd></div>
    </dl>`;
  }

  #choices() {
    const { state, states, least } = this.#shown;
    const button = (one) => html`<button type="button" data-state=${one} aria-pressed=${state === one}
      @click=${() => this.#tell("choose", { state: one })}>${SIGNS[one]} ${DOES[one]}</button>`;
    return html`<div class="card-choices">
      <div role="group" aria-label="Images with it">${states.map(button)}</div>
      ${state === "include" && least !== null ? html`<label>at least
        <input type="number" min="1" max="999999" .value=${String(least)} @change=${this.#change}> of them</label>` : nothing}
    </div>`;
  }

  #change(event) {
    this.#tell("least", { least: Math.max(1, Math.round(event.target.valueAsNumber) || 1) });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @param {import("./nodes.js").Label} label */
function drawLabel(label) {
  return html`<li><strong>${wordOf(label)}</strong>
    ${label.checkedPrecision === null ? nothing : html`<span>${sayChecked(label)}</span>`}
    ${label.labelPrecision === null ? nothing : html`<span>${saySuggested(label)}</span>`}
    ${label.origin === "person" ? html`<span>named by ${label.author}</span>` : nothing}
  </li>`;
}

function sayChecked({ checkedPrecision, checkedLow, checkedHigh, nChecked, checkedBy }) {
  const who = checkedBy ? ` by ${checkedBy}` : "";
  return `right in ${share(checkedPrecision)} of ${count(nChecked, "object")} looked at${who}${between(checkedLow, checkedHigh)}`;
}

function saySuggested({ labelPrecision, precisionLow, precisionHigh, nSeen, labelledSet }) {
  const seen = nSeen === null ? "" : ` of ${count(nSeen, "object")}`;
  const set = labelledSet ? ` of ${labelledSet}` : "";
  return `${share(labelPrecision)}${seen}${set}${between(precisionLow, precisionHigh)}`;
}

function between(low, high) {
  return low === null || high === null ? "" : ` (95 % sure: ${share(low)} to ${share(high)})`;
}

customElements.define("node-card", NodeCard);
