// Queries to the TAP service that serves this page: rows as they arrive, errors as sentences.

/** Address of the service, with a slash at its end. */
export const SERVICE = new URL("./", document.baseURI).href;

const DATA = '"data": [\n';

/** A sentence for the visitor. */
export class Refusal extends Error {}

/**
 * @typedef {object} Table
 * @property {{name: string, datatype: string, unit: ?string, description: ?string}[]} columns
 * @property {any[][]} rows
 * @property {boolean} overflow whether there are more rows than were asked for
 * @property {object} info what the service says of the result, mapID among it
 */

/**
 * Run a query and gather its rows.
 * @param {string} query ADQL
 * @param {{signal?: AbortSignal, most?: number, onRows?: (table: Table) => void}} [options]
 *   onRows is called whenever rows have come, with the table so far
 * @returns {Promise<Table>}
 */
export async function ask(query, { signal, most = 30000, onRows } = {}) {
  const form = new URLSearchParams({ LANG: "ADQL", RESPONSEFORMAT: "json", MAXREC: String(most), QUERY: query });
  const answer = await send("tap/sync", { method: "POST", body: form, signal });
  return readTable(answer.body, onRows);
}

/** Run a query and give its rows as objects, keyed by the names of their columns. */
export async function askObjects(query, options) {
  const { columns, rows } = await ask(query, options);
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column.name, row[i]])));
}

/**
 * Send a request to the service; a refusal becomes a sentence.
 * @param {string} path relative to the service
 * @param {RequestInit} [options]
 */
export async function send(path, options = {}) {
  let answer;
  try {
    answer = await fetch(SERVICE + path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The service cannot be reached. Check the connection and try again.");
  }
  if (!answer.ok) throw new Refusal(findSentence(await answer.text(), answer.status));
  return answer;
}

/** Find what a refusal says: JSON, a VOTable (DALI 1.1 sect. 4.2) or text. */
export function findSentence(body, status) {
  const start = body.trimStart();
  if (start.startsWith("{")) return JSON.parse(start).message ?? `The service answered ${status}.`;
  if (start.startsWith("<")) {
    const page = new DOMParser().parseFromString(start, "text/xml");
    const info = [...page.getElementsByTagNameNS("*", "INFO")].find((one) => one.getAttribute("name") === "QUERY_STATUS");
    return info?.textContent.trim() || `The service answered ${status}.`;
  }
  return start.slice(0, 400).trim() || `The service answered ${status}.`;
}

/**
 * Read a result as it streams: the service writes one row a line.
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {Promise<Table>}
 */
export async function readTable(stream, onRows) {
  const table = { columns: [], rows: [], overflow: false, info: {} };
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", part = "head";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    rest += chunk.value;
    const start = part === "head" ? rest.indexOf(DATA) : -1;
    if (start >= 0) {
      ({ metadata: table.columns, info: table.info } = JSON.parse(`${rest.slice(0, start)}${DATA}]}`));
      rest = rest.slice(start + DATA.length);
      part = "rows";
    }
    const end = rest.lastIndexOf("\n");
    if (part !== "rows" || end < 0) continue;
    if (addRows(table.rows, rest.slice(0, end))) part = "tail";
    else rest = rest.slice(end + 1);
    onRows?.(table);
  }
  if (part !== "tail") throw new Refusal("The service broke off its answer. Ask for fewer rows, or try again.");
  table.overflow = rest.includes('"query_status": "OVERFLOW"');
  return table;
}

/** Add the rows of whole lines; tells whether the end of the rows is among them, a line of its own. */
function addRows(rows, lines) {
  const end = /(^|\n)\],(\n|$)/.exec(lines);
  const block = (end ? lines.slice(0, end.index) : lines).trim().replace(/,$/, "");
  if (block) for (const row of JSON.parse(`[${block}]`)) rows.push(row);
  return end !== null;
}
