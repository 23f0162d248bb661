/** The images nearest to one, by /similar: enough of them to move a slider over. */

import { readTable, send } from "./tap.js";

const MOST = 200;

/**
 * Ask for the neighbours of an image, nearest first.
 * @param {import("./data.js").Data} data
 * @param {string} id publisherID
 * @returns {{value?: {publisherID: string, distance: number}[], error?: string, pending: boolean, loaded: Promise<any[]>}}
 */
export function askRows(data, id) {
  return data.ask(`neighbours ${id}`, (signal) => load(id, signal));
}

async function load(id, signal) {
  const body = new URLSearchParams({ ID: id, MAXREC: String(MOST), EXCLUDE: "plane", RESPONSEFORMAT: "json" });
  const { rows, columns } = await readTable((await send("similar", { method: "POST", body, signal })).body);
  const [name, distance] = ["publisherID", "distance"].map((wanted) => columns.findIndex((column) => column.name === wanted));
  return rows.filter((row) => row[name]).map((row) => ({ publisherID: row[name], distance: row[distance] }));
}
