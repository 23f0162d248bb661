/** How many of the results have objects in a node of Map 1: counted once somebody has looked at the node for a while. */

import { writeNodeCount } from "./adql.js";
import { askObjects } from "./tap.js";

const PATIENCE = 250; // ms

/** Counts for one node at a time; what is asked is stopped when another node, or none, is looked at. */
export class NodeCount {
  #query = "";
  #timer = 0;
  #isDue = false;

  /**
   * Give the number of images, as far as it is known.
   * @param {object} context as app.js describes it
   * @param {number} node
   * @param {() => void} due called when it is time to ask
   * @returns {?import("./data.js").Answer} null while nothing is asked
   */
  ask({ state, data }, node, due) {
    const query = writeNodeCount(state, node);
    if (query !== this.#query) this.#turnTo(query, data, due);
    if (!this.#isDue) return data.peek(keyOf(query)) ?? null;
    return data.ask(keyOf(query), async (signal) => (await askObjects(query, { signal }))[0].images);
  }

  /** Nobody looks any more. @param {import("./data.js").Data} data */
  stop(data) {
    const known = data.peek(keyOf(this.#query));
    if (known?.pending || known?.error) data.drop(keyOf(this.#query));
    clearTimeout(this.#timer);
    this.#query = "";
    this.#isDue = false;
  }

  #turnTo(query, data, due) {
    this.stop(data);
    this.#query = query;
    this.#timer = setTimeout(() => {
      this.#isDue = true;
      due();
    }, PATIENCE);
  }
}

const keyOf = (query) => `objects ${query}`;
