/** One question about a file of the visitor's: what is in it, what it looks like, and what the archive has like it. */

import { addPlanes } from "./archived.js";
import { newLook } from "./marked.js";
import { measure, Picture } from "./picture.js";
import { LARGE, sendFile } from "./sending.js";
import { readTable as readRows, send } from "./tap.js";
import { readTable } from "./votable.js";

const MOST_OBJECTS = 20_000; // of all parts together
const MOST_SIMILAR = 12;
const PICTURES = new Set(["image/png", "image/jpeg"]);

/**
 * @typedef {object} Description what the service says of a file
 * @property {import("./objects.js").Found[]} objects the brightest of each part first
 * @property {number} detected
 * @property {number[]} counts its fingerprint
 * @property {string | null} vector its search vector, null where there is nothing to compare
 * @property {string} model hash of the model that made it
 * @property {number | null} field node of Map 2
 * @property {import("./marked.js").Part[]} parts
 * @property {string[]} remarks
 *
 * @typedef {{value?: any, error?: string, pending: boolean}} Answer
 */

/** A question, and how far it is. */
export class Inquiry {
  #stop = new AbortController();
  /** @type {Map<string, Blob>} by part and stretch: no picture needs the file to be sent twice */
  #pictures = new Map();
  #agreed = new Set();
  sent = 0; // share of the file that has been sent, for what it is sent now
  /** @type {Answer} */
  description = { pending: true };
  /** @type {Answer} */
  similar = { pending: true };

  /** @param {File} file @param {(words?: string) => void} refresh called with what has happened */
  constructor(file, refresh) {
    this.file = file;
    this.refresh = refresh;
    this.look = newLook(file.name, new Picture(() => refresh()));
  }

  /** Whether a browser can show the file itself. */
  get isPicture() {
    return PICTURES.has(this.file.type);
  }

  get isLarge() {
    return this.file.size > LARGE;
  }

  /** Whether the file has to be sent for the picture that is looked at, which its visitor has not asked for. */
  get isUnasked() {
    return this.isLarge && !this.isPicture && !this.#pictures.has(this.#view) && !this.#agreed.has(this.#view);
  }

  get #part() {
    return this.description.value.parts[this.look.part].name;
  }

  get #view() {
    return `${this.#part} ${this.look.stretch}`;
  }

  /** Ask: first what is in the file, then by its search vector what is like it. */
  async ask() {
    this.description = await this.#answer(async () => {
      const words = { RESPONSEFORMAT: "votable", MAXREC: MOST_OBJECTS };
      const answer = await this.#send(words, this.#stop.signal);
      return readDescription(readTable(await answer.text()));
    });
    if (this.#stop.signal.aborted) return;
    this.refresh(this.description.error ?? "The image has been described. Similar images are looked for.");
    if (this.description.error) return;
    this.similar = await this.#answer(() => this.#askSimilar());
    if (!this.#stop.signal.aborted) this.refresh(this.similar.error ?? "Similar images have been found.");
  }

  /** Have the picture of what is looked at, unless the file is so large that its visitor is asked before. */
  wantPicture() {
    const { picture } = this.look;
    if (this.isUnasked) picture.clear();
    else picture.want(this.#view, (signal) => this.#loadPicture(this.#view, signal));
  }

  /** Send the file again for the picture that is looked at. */
  agree() {
    this.#agreed.add(this.#view);
  }

  /** Do without that picture. */
  decline() {
    this.#agreed.delete(this.#view);
  }

  /** Try to have a picture that could not be had. */
  askAgain() {
    this.look.picture.clear();
  }

  /** Stop, and let go of what is kept. */
  end() {
    this.#stop.abort(new DOMException("cancelled", "AbortError"));
    this.look.picture.clear();
  }

  /** @param {string} view @param {AbortSignal} signal @returns {Promise<Blob>} */
  async #loadPicture(view, signal) {
    const words = { RESPONSEFORMAT: "image/png", MARKS: "none", STRETCH: this.look.stretch, PART: this.#part };
    if (this.isPicture && await measure(this.file).then(() => true, () => false)) return this.file;
    const known = this.#pictures.get(view);
    if (known) return known;
    const picture = await this.#send(words, signal);
    this.#pictures.set(view, picture);
    return picture;
  }

  /** @param {Record<string, string | number>} words @param {AbortSignal} signal */
  #send(words, signal) {
    const tell = (/** @type {number} */ sent, /** @type {number} */ total) => {
      this.sent = sent / total;
      this.refresh();
    };
    this.sent = 0;
    return sendFile("annotate", this.file, words, { signal, tell });
  }

  async #askSimilar() {
    const { signal } = this.#stop;
    const { vector, model } = this.description.value;
    if (!vector) throw new Error("This image has no objects and is too small to measure: there is nothing to compare.");
    const body = new URLSearchParams({ VECTOR: vector, MODEL: model, RESPONSEFORMAT: "json", MAXREC: String(MOST_SIMILAR) });
    const answer = await send("similar", { method: "POST", body, signal });
    const { columns, rows } = await readRows(/** @type {ReadableStream} */ (answer.body));
    const found = rows.map((row) => Object.fromEntries(columns.map((column, place) => [column.name, row[place]])));
    return addPlanes(found, signal);
  }

  /** @param {() => Promise<any>} ask @returns {Promise<Answer>} */
  async #answer(ask) {
    try {
      return { value: await ask(), pending: false };
    } catch (error) {
      return { error: /** @type {Error} */ (error).message, pending: false };
    }
  }
}

/** @param {import("./votable.js").Table} table @returns {Description} */
function readDescription({ rows, infos }) {
  const all = (/** @type {string} */ name) => infos.filter((info) => info.name === name);
  const one = (/** @type {string} */ name) => all(name)[0]?.value ?? null;
  const field = one("fieldNode");
  return {
    objects: /** @type {any[]} */ (rows).sort((first, second) => second.snr - first.snr),
    detected: Number(one("nDetected") ?? rows.length),
    counts: (one("fingerprint") ?? "").split(" ").map(Number),
    vector: one("vector"),
    model: one("modelHash") ?? "",
    field: field === null ? null : Number(field),
    parts: all("part").map(({ value, text }) => ({ name: value, ...readPart(text) })),
    remarks: all("warning").map(({ value }) => value),
  };
}

/** @param {string} text such as "240 x 200 pixels, objects found: 31" */
function readPart(text) {
  const [width, height, detected] = text.match(/\d+/g)?.map(Number) ?? [1, 1, 0];
  return { width, height, detected };
}
