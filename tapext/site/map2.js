/** Map 2: images by the likeness of their content; a heat map of the results, and nodes that stand for their images. */

import { writeFieldCounts } from "./adql.js";
import { MapPanel } from "./mappanel.js";
import { Memo } from "./memo.js";
import { count, exact, shadesOf, short } from "./nodes.js";
import { askObjects } from "./tap.js";
import { html, nothing } from "./vendor/lit-html.js";

class FieldMap extends MapPanel {
  kind = "field";
  caption = "Map 2: images with similar content lie in one node";
  samples = "preview/node";
  legend = "more results";
  #asked = [];
  #difference = new Memo();
  #heat = { counts: null, error: "" };
  #cells = new Memo();

  /** The cells, which stay the same until something changes that they show. */
  cells() {
    const { counts } = this.#count();
    return this.#cells.of([this.map, counts, this.context.state.field], () => this.#make(counts));
  }

  /** Count the results by node, whichever nodes are chosen; the last counts stay until the next are there. */
  #count() {
    const queries = writeCounts(this.context.state);
    const answers = this.#ask(queries);
    const [error = ""] = answers.map((answer) => answer.error).filter(Boolean);
    const values = answers.map(({ value }) => value);
    const counts = values.every(Boolean) ? this.#difference.of(values, () => subtract(...values)) : this.#heat.counts;
    this.#heat = { counts, error };
    return this.#heat;
  }

  /** Ask what is not known, and stop what nobody waits for any more. */
  #ask(queries) {
    const { data } = this.context;
    const keys = queries.map((query) => `heat ${query}`);
    for (const key of this.#asked) if (!keys.includes(key) && data.peek(key)?.pending) data.drop(key);
    this.#asked = keys;
    return queries.map((query, place) => data.ask(keys[place], (signal) => this.#load(query, signal)));
  }

  async #load(query, signal) {
    const counts = new Array(this.map.nodes.length).fill(0);
    for (const { fieldNode, images } of await askObjects(query, { signal })) counts[fieldNode] = images;
    return counts;
  }

  #make(counts) {
    const shades = shadesOf(counts ?? [0]);
    return this.map.nodes.map(({ node, nImages }) => ({
      name: `Node ${node}, ${count(nImages, "image")}${counts ? `, ${exact(counts[node])} of the results` : ""}`,
      text: counts?.[node] ? short(counts[node]) : "",
      level: shades[node] ?? 0,
      state: this.#stateOf(node),
      faint: counts ? !counts[node] : !nImages,
      found: false,
    }));
  }

  about(node) {
    const { counts } = this.#heat;
    return {
      members: node.nImages,
      state: this.#stateOf(node.node),
      now: counts ? `${count(counts[node.node], "image")} of the results` : "",
    };
  }

  above() {
    const { error } = this.#heat;
    const own = this.context.state.adql ? html`<p class="map-hint">The counts are those of the filters, not of your own query.</p>` : nothing;
    return html`${own}${error ? html`<p class="notice" role="alert">The results could not be counted. ${error}</p>` : nothing}`;
  }

  below() {
    const { field } = this.context.state;
    if (!field.length) return html`<p class="map-hint">Click a node for its images; several may be chosen. Shades and numbers say how many of the results fall where.</p>`;
    return html`<div class="choices" role="group" aria-label="Chosen nodes"><p>Images in</p>
      <ul>${field.map((node) => this.#choice(node))}</ul>
      <button type="button" class="plain" @click=${() => this.context.go({ field: [] })}>Let all go</button>
    </div>`;
  }

  /** Show the images of nodes, or no longer. */
  choose(nodes, state) {
    const others = this.context.state.field.filter((node) => !nodes.includes(node));
    this.context.go({ field: state === "include" ? [...others, ...nodes] : others });
  }

  #stateOf(node) {
    return this.context.state.field.includes(node) ? "include" : "off";
  }

  #choice(node) {
    return html`<li class="choice" data-state="include">
      <button type="button" class="plain" @click=${() => this.goTo(node)}>Node ${node}</button>
      <button type="button" class="plain" aria-label="Let go of node ${node}" @click=${() => this.choose([node], "off")}>×</button>
    </li>`;
  }
}

customElements.define("field-map", FieldMap);

/** Images without some objects are all but those with some, which an index finds; all are known already. */
function writeCounts(state) {
  const { lacks } = state;
  const all = { ...state, field: [], lacks: [] };
  return lacks.length ? [writeFieldCounts(all), writeFieldCounts(all, lacks)] : [writeFieldCounts(all)];
}

function subtract(all, some) {
  return some ? all.map((number, node) => number - some[node]) : all;
}

/** Draw the panel beside the results. */
export function renderPanel(context) {
  return html`<field-map .context=${context}></field-map>`;
}
