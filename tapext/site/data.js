// What has been asked of the service, remembered by key so that a view can be drawn as often as one likes.

const MOST = 60;

/** @typedef {{value?: any, error?: string, pending: boolean, loaded: Promise<any>}} Answer loaded = value once it is complete, undefined for an error */

/** Answers to questions of the views; `refresh` is called whenever one changes. */
export class Data {
  #refresh;
  /** @type {Map<string, {answer: Answer, stop: AbortController}>} */
  #kept = new Map();

  constructor(refresh) {
    this.#refresh = refresh;
  }

  /**
   * Give the answer to a question, which is asked when it is met for the first time.
   * @param {string} key whatever tells this question from others
   * @param {(signal: AbortSignal, part: (value: any) => void) => Promise<any>} load asks it; may call `part` with
   *   what is known so far, so that `value` is there while `pending`
   * @returns {Answer}
   */
  ask(key, load) {
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.answer;
    }
    const kept = { answer: { pending: true }, stop: new AbortController() };
    this.#kept.set(key, kept);
    this.#forget();
    kept.answer.loaded = this.#load(kept, load);
    return kept.answer;
  }

  /** Stop and forget the questions whose keys begin so: they are asked anew when they are met again. */
  drop(start) {
    for (const [key, kept] of this.#kept) {
      if (!key.startsWith(start)) continue;
      kept.stop.abort();
      this.#kept.delete(key);
    }
  }

  /** Give what is known, without asking. */
  peek(key) {
    return this.#kept.get(key)?.answer;
  }

  async #load(kept, load) {
    const { answer, stop } = kept;
    const part = (value) => {
      answer.value = value;
      this.#refresh();
    };
    try {
      answer.value = await load(stop.signal, part);
    } catch (error) {
      if (stop.signal.aborted) return undefined;
      answer.error = error.message;
    }
    answer.pending = false;
    this.#refresh();
    return answer.error ? undefined : answer.value;
  }

  #forget() {
    const done = [...this.#kept].filter(([, { answer }]) => !answer.pending);
    for (const [key] of done.slice(0, Math.max(0, this.#kept.size - MOST))) this.#kept.delete(key);
  }
}
