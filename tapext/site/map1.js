/** Map 1: the objects of all images by likeness; nodes are included or excluded, and the results follow. */

import { MapPanel } from "./mappanel.js";
import { Memo } from "./memo.js";
import { NodeCount } from "./nodecount.js";
import { count, findNodes, nameOf, shadesOf, short, wordsOf } from "./nodes.js";
import { html, nothing } from "./vendor/lit-html.js";

class ObjectMap extends MapPanel {
  kind = "object";
  cycle = ["off", "include", "exclude"];
  caption = "Map 1: objects that look alike lie in one node";
  samples = "cutout/node";
  legend = "more images";
  #words = "";
  #cells = new Memo();
  #counts = new NodeCount();

  /** The cells, which stay the same until something changes that they show. */
  cells() {
    const { map, context: { state: { has, lacks } } } = this;
    return this.#cells.of([map, has, lacks, this.#words], () => this.#make());
  }

  #make() {
    const found = findNodes(this.map, this.#words);
    const shades = shadesOf(this.map.nodes.map(({ nImages }) => nImages));
    return this.map.nodes.map((node) => ({
      name: `${nameOf(node)}, ${count(node.nObjects, "object")} in ${count(node.nImages, "image")}`,
      text: node.nImages ? short(node.nImages) : "",
      level: shades[node.node],
      state: this.#stateOf(node.node),
      faint: found ? !found.has(node.node) : !node.nImages,
      found: found?.has(node.node) ?? false,
    }));
  }

  about(node) {
    const { state: { has } } = this.context;
    return {
      members: node.nObjects,
      state: this.#stateOf(node.node),
      least: has.get(node.node) ?? null,
      now: this.#tellCount(node),
    };
  }

  /** Say how many of the results have such objects; of a query of the visitor's own that cannot be asked. */
  #tellCount({ node, nImages }) {
    if (this.context.state.adql || !nImages) return "";
    const { value, error } = this.#counts.ask(this.context, node, () => this.changed()) ?? {};
    if (error) return `The results with such objects could not be counted. ${error}`;
    return `${value === undefined ? "…" : count(value, "image")} of the results ${value === 1 ? "has" : "have"} such objects`;
  }

  lookAway() {
    this.#counts.stop(this.context.data);
  }

  above() {
    const found = findNodes(this.map, this.#words);
    return html`<div class="map-search">
      <label>Find objects by name or node
        <input type="search" list="map-words" autocomplete="off" .value=${this.#words} @input=${this.#search}></label>
      <datalist id="map-words">${wordsOf(this.map).map((word) => html`<option value=${word}></option>`)}</datalist>
      ${found ? this.#findings(found) : nothing}
    </div>`;
  }

  below() {
    const { has, match, lacks } = this.context.state;
    if (!has.size && !lacks.length) return html`<p class="map-hint">Click a node to include it (+), again to exclude it (−), again to let go. Drag to paint.</p>`;
    return html`<div class="choices" role="group" aria-label="Chosen nodes">
      ${has.size ? html`<p><label>Images with objects in ${has.size > 1 ? this.#matches(match) : nothing}</label></p>
        <ul>${[...has].map(([node, least]) => this.#choice(node, "include", least))}</ul>` : nothing}
      ${lacks.length ? html`<p>${has.size ? "and" : "Images"} without any in</p>
        <ul>${lacks.map((node) => this.#choice(node, "exclude"))}</ul>` : nothing}
      <button type="button" class="plain" @click=${() => this.context.go({ has: new Map(), match: "all", lacks: [] })}>Let all go</button>
    </div>`;
  }

  #matches(match) {
    return html`<select @change=${({ target }) => this.context.go({ match: target.value })}>
      <option value="all" ?selected=${match === "all"}>all of these nodes</option>
      <option value="any" ?selected=${match === "any"}>any of these nodes</option>
    </select>`;
  }

  /** Include, exclude or let go of nodes. */
  choose(nodes, state) {
    const { has, lacks } = this.context.state;
    const rest = new Map([...has].filter(([node]) => !nodes.includes(node)));
    const others = lacks.filter((node) => !nodes.includes(node));
    if (state === "include") for (const node of nodes) rest.set(node, has.get(node) ?? 1);
    this.context.go({ has: rest, lacks: state === "exclude" ? [...others, ...nodes] : others });
  }

  /** Ask for more than one object of a node. */
  demand(node, least) {
    this.context.go({ has: new Map(this.context.state.has).set(node, least) }, "replace");
  }

  #stateOf(node) {
    const { has, lacks } = this.context.state;
    return has.has(node) ? "include" : lacks.includes(node) ? "exclude" : "off";
  }

  #search({ target }) {
    this.#words = target.value;
    this.changed();
  }

  #findings(found) {
    const nodes = [...found];
    if (!nodes.length) return html`<p role="status">No node has this name or number.</p>`;
    return html`<p role="status">${count(nodes.length, "node")}</p>
      <button type="button" @click=${() => this.goTo(nodes[0])}>Go to ${nodes.length > 1 ? "the first" : "it"}</button>
      <button type="button" @click=${() => this.choose(nodes, "include")}>+ Include</button>
      <button type="button" @click=${() => this.choose(nodes, "exclude")}>− Exclude</button>`;
  }

  #choice(node, state, least) {
    const name = nameOf(this.map.nodes[node]);
    return html`<li class="choice" data-state=${state}>
      <button type="button" class="plain" @click=${() => this.goTo(node)}>${name}</button>
      ${state === "include" ? html`<label><span aria-hidden="true">≥</span><span class="spoken">Least number of objects of ${name}</span>
        <input type="number" min="1" max="999999" .value=${String(least)}
          @change=${({ target }) => this.demand(node, Math.max(1, Math.round(target.valueAsNumber) || 1))}></label>` : nothing}
      <button type="button" class="plain" aria-label="Let go of ${name}" @click=${() => this.choose([node], "off")}>×</button>
    </li>`;
  }
}

customElements.define("object-map", ObjectMap);

/** Draw the panel beside the results. */
export function renderPanel(context) {
  return html`<object-map .context=${context}></object-map>`;
}
