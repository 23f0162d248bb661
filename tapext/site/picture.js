/** Pictures that take a while: the service makes them when they are first asked for, or of a file that is sent. */

import { SERVICE } from "./tap.js";

const MOST_TRIES = 6;
const LONGEST_WAIT = 10; // seconds

/** One place for a picture; the last one wanted is shown. */
export class Picture {
  #path = "";
  #stop = new AbortController();
  /** @type {string | null} */
  address = null;
  /** @type {import("./frame.js").Size} */
  size = { width: 1, height: 1 };
  /** @type {"none" | "loading" | "there" | "missing"} */
  state = "none";
  error = ""; // why it is missing, where that is known

  /** @param {() => void} refresh called whenever the state has changed */
  constructor(refresh) {
    this.refresh = refresh;
  }

  /**
   * Want a picture; what is there stays until the next one has come.
   * @param {string} path below the service, or whatever tells the picture from others
   * @param {(signal: AbortSignal) => Promise<Blob | null>} load
   */
  want(path, load = (signal) => fetchPicture(path, signal)) {
    if (path === this.#path) return;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#path = path;
    this.state = "loading";
    load(this.#stop.signal).then((blob) => this.#open(path, blob)).catch((error) => this.#end(path, error));
  }

  /** Forget the picture. */
  clear() {
    this.#stop.abort();
    this.#path = "";
    this.#replace(null);
    this.state = "none";
  }

  /** @param {string} path @param {Blob | null} blob */
  async #open(path, blob) {
    const size = blob && await measure(blob);
    if (path !== this.#path) return;
    if (size) this.size = size;
    this.#show(blob);
  }

  /** @param {Blob | null} blob @param {string} [error] */
  #show(blob, error = "") {
    this.#replace(blob && URL.createObjectURL(blob));
    this.state = blob ? "there" : "missing";
    this.error = error;
    this.refresh();
  }

  /** @param {string} path @param {Error} error */
  #end(path, error) {
    if (path === this.#path) this.#show(null, error.message);
  }

  /** @param {string | null} address */
  #replace(address) {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = address;
  }
}

/** Give the size of a picture. @param {Blob} blob @returns {Promise<import("./frame.js").Size>} */
export async function measure(blob) {
  const bitmap = await createImageBitmap(blob, { imageOrientation: "none" });
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

/** @param {string} path @param {AbortSignal} signal @returns {Promise<Blob | null>} */
async function fetchPicture(path, signal) {
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const answer = await fetch(SERVICE + path, { signal });
    if (answer.ok) return answer.blob();
    if (answer.status !== 503) return null;
    await sleep(Math.min(Number(answer.headers.get("Retry-After")) || 2, LONGEST_WAIT), signal);
  }
  return null;
}

/** @param {number} seconds @param {AbortSignal} signal */
function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, 1000 * seconds);
    signal.addEventListener("abort", reject, { once: true });
  });
}
