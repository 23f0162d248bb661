/** What was worked out last, and from what, so that a view may be drawn as often as one likes. */
export class Memo {
  #from = null;
  #value;

  /**
   * Give what `make` gives, which is called when one of `from` is another than the last time.
   * @template T
   * @param {readonly unknown[]} from
   * @param {() => T} make
   * @returns {T}
   */
  of(from, make) {
    const isKnown = this.#from?.length === from.length && from.every((one, place) => one === this.#from[place]);
    if (!isKnown) this.#value = make();
    this.#from = from;
    return this.#value;
  }
}
