/** One question about a file of the visitor's: what is in it, what it looks like, and what the archive has like it. */

import { addPlanes } from "./archived.js";
import { LARGE, sendFile } from "./sending.js";
import { readTable as readRows } from "./tap.js";
import { readTable } from "./votable.js";

const MOST_OBJECTS = 2000;
const MOST_SIMILAR = 12;
const PICTURES = new Set(["image/png", "image/jpeg"]);

/**
 * @typedef {object} Description what the service says of a file
 * @property {import("./objects.js").Found[]} objects the brightest of each part
 * @property {number} detected
 * @property {number[]} counts its fingerprint
 * @property {number | null} field node of Map 2
 * @property {{name: string, width: number, height: number}[]} parts
 * @property {string[]} remarks
 *
 * @typedef {{value?: any, error?: string, pending: boolean}} Answer
 */

/** A question, and how far it is. */
export class Inquiry {
  #stop = new AbortController();
  sent = 0;
  total = 1;
  /** @type {Answer} */
  description = { pending: true };
  /** @type {Answer} */
  similar = { pending: true };
  /** @type {Answer} a picture of a part: an address */
  picture = { pending: false };
  part = 0;
  chosen = { object: /** @type {number | null} */ (null), node: /** @type {number | null} */ (null) };

  /** @param {File} file @param {(words?: string) => void} refresh called with what has happened */
  constructor(file, refresh) {
    this.file = file;
    this.refresh = refresh;
  }

  /** Whether a browser can show the file itself. */
  get isPicture() {
    return PICTURES.has(this.file.type);
  }

  get isLarge() {
    return this.file.size > LARGE;
  }

  /** Ask: first what is in the file, then what is like it. */
  async ask() {
    const { file } = this;
    this.description = await this.#answer(async () => {
      const words = { RESPONSEFORMAT: "votable", MAXREC: MOST_OBJECTS };
      const answer = await sendFile("annotate", file, words, { signal: this.#stop.signal, tell: (sent, total) => this.#tell(sent, total) });
      return readDescription(readTable(await answer.text()));
    });
    if (this.#stop.signal.aborted) return;
    this.refresh(this.description.error ?? "The image has been described. Similar images are looked for.");
    if (this.description.error) return;
    if (this.isPicture) this.picture = { value: URL.createObjectURL(file), pending: false };
    else if (!this.isLarge) this.draw(0);
    this.similar = await this.#answer(() => this.#askSimilar());
    if (!this.#stop.signal.aborted) this.refresh(this.similar.error ?? "Similar images have been found.");
  }

  /** Have a part of the file drawn. @param {number} part */
  async draw(part) {
    this.part = part;
    const { name } = this.description.value.parts[part];
    const drawn = { pending: true, value: undefined };
    this.#show(drawn);
    this.refresh();
    const answer = await this.#answer(async () => {
      const words = { RESPONSEFORMAT: "image/png", PART: name };
      return URL.createObjectURL(await sendFile("annotate", this.file, words, { signal: this.#stop.signal }));
    });
    // Another part may have been chosen meanwhile.
    if (this.picture === drawn) this.#show(answer);
    else if (answer.value) URL.revokeObjectURL(answer.value);
    this.refresh();
  }

  /** Stop, and let go of what is kept. */
  end() {
    this.#stop.abort(new DOMException("cancelled", "AbortError"));
    this.#show({ pending: false });
  }

  /** @param {Answer} picture */
  #show(picture) {
    if (this.picture.value) URL.revokeObjectURL(this.picture.value);
    this.picture = picture;
  }

  /** @param {number} sent @param {number} total */
  #tell(sent, total) {
    Object.assign(this, { sent, total });
    this.refresh();
  }

  async #askSimilar() {
    const { signal } = this.#stop;
    const answer = await sendFile("similar", this.file, { RESPONSEFORMAT: "json", MAXREC: MOST_SIMILAR }, { signal });
    const { columns, rows } = await readRows(answer.stream());
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
  const [field] = all("fieldNode");
  const [fingerprint] = all("fingerprint");
  return {
    objects: /** @type {any[]} */ (rows),
    detected: Number(all("nDetected")[0]?.value ?? rows.length),
    counts: (fingerprint?.value ?? "").split(" ").map(Number),
    field: field ? Number(field.value) : null,
    parts: all("part").map(({ value, text }) => ({ name: value, ...readSize(text) })),
    remarks: all("warning").map(({ value }) => value),
  };
}

/** @param {string} text such as "240 x 200 pixels" */
function readSize(text) {
  const [width, height] = text.split(" x ").map((word) => parseInt(word, 10));
  return { width, height };
}
