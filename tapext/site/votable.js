/** VOTable 1.4 with TABLEDATA: what the services answer that have no JSON. */

const NUMBERS = new Set(["short", "int", "long", "float", "double"]);

/**
 * @typedef {object} Table
 * @property {Record<string, any>[]} rows values by the name of their column; null where there is none
 * @property {{name: string, value: string, text: string}[]} infos
 * @property {boolean} overflow whether there are more rows
 */

/**
 * Read the first table of a document; its error is thrown as a sentence.
 * @param {string} text
 * @returns {Table}
 */
export function readTable(text) {
  const document = new DOMParser().parseFromString(text, "application/xml");
  if (find(document, "parsererror").length) throw new Error("The service sent something that cannot be read.");
  const infos = find(document, "INFO").map(readInfo);
  const failed = infos.find((info) => info.name === "QUERY_STATUS" && info.value === "ERROR");
  if (failed) throw new Error(failed.text || "The service could not answer.");
  const [table] = find(document, "TABLE");
  const fields = table ? find(table, "FIELD").map(readField) : [];
  const rows = table ? find(table, "TR").map((row) => readRow(row, fields)) : [];
  const overflow = infos.some((info) => info.name === "QUERY_STATUS" && info.value === "OVERFLOW");
  return { rows, infos, overflow };
}

/** @param {Document | Element} place @param {string} name @returns {Element[]} */
function find(place, name) {
  return [...place.getElementsByTagNameNS("*", name)];
}

/** @param {Element} info */
function readInfo(info) {
  return {
    name: info.getAttribute("name") ?? "",
    value: info.getAttribute("value") ?? "",
    text: (info.textContent ?? "").trim(),
  };
}

/** @param {Element} field */
function readField(field) {
  const isNumber = NUMBERS.has(field.getAttribute("datatype") ?? "") && !field.hasAttribute("arraysize");
  return { name: field.getAttribute("name") ?? "", isNumber };
}

/** @param {Element} row @param {{name: string, isNumber: boolean}[]} fields */
function readRow(row, fields) {
  const cells = [...row.children].map((cell) => cell.textContent ?? "");
  return Object.fromEntries(fields.map(({ name, isNumber }, place) => [name, readCell(cells[place], isNumber)]));
}

/** @param {string} text @param {boolean} isNumber */
function readCell(text, isNumber) {
  if (!isNumber) return text;
  return text === "" || text === "NaN" ? null : Number(text);
}
