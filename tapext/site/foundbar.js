/** How many images were found, and what can be done with all of them. */

import { COLUMNS, findColumns } from "./columns.js";
import { closeByKey, closeWhenLeft } from "./filters.js";
import { tellCount } from "./listing.js";
import { Samp } from "./samp.js";
import { SERVICE } from "./tap.js";
import { html, live, nothing } from "./vendor/lit-html.js";

const ALL = "10000000"; // the most rows that a result may have

/** Draw the bar above the table. */
export function renderFoundBar(context, { query, listing, pending, isStale, error }) {
  const { keep, refresh } = context;
  const panel = keep("query", () => ({ isOpen: false, of: "", text: "" }));
  const toggle = () => {
    panel.isOpen = !panel.isOpen;
    refresh();
  };
  const samp = keep("samp", () => ({ hub: new Samp(), told: "" }));
  return html`<div class="found-bar">
    <p class="count" role="status">${error ? "" : !listing || isStale ? "Searching…" : tellCount(listing, pending)}</p>
    <button type="button" aria-expanded=${panel.isOpen ? "true" : "false"} aria-controls="query" @click=${toggle}>ADQL</button>
    ${drawColumns(context)}
    ${drawSave(context, query, samp)}
    ${samp.told ? html`<p class="told dim" role="status">${samp.told}</p>` : nothing}
  </div>`;
}

/** Let the visitor choose columns. */
function drawColumns({ state, go }) {
  if (state.adql) return nothing;
  const shown = new Set(findColumns(state).map(({ name }) => name));
  const toggle = (name) => {
    const chosen = COLUMNS.map((column) => column.name).filter((one) => (one === name) !== shown.has(one));
    if (chosen.length) go({ columns: chosen }, "replace");
  };
  return html`<details class="choose" @focusout=${closeWhenLeft} @keydown=${closeByKey}>
    <summary><span>Columns</span></summary>
    <div class="menu right" role="group" aria-label="Columns">
      <button type="button" ?disabled=${!state.columns.length} @click=${() => go({ columns: [] }, "replace")}>As at first</button>
      ${COLUMNS.map(({ name, title, description }) => html`<label title=${description}><input type="checkbox" .checked=${live(shown.has(name))} @change=${() => toggle(name)}>${title}</label>`)}
    </div>
  </details>`;
}

/** Give the address of the complete result in a format. */
export function writeResultUrl(query, format) {
  const words = new URLSearchParams({ LANG: "ADQL", RESPONSEFORMAT: format, MAXREC: ALL, QUERY: query });
  return `${SERVICE}tap/sync?${words}`;
}

function drawSave({ refresh }, query, samp) {
  const transmit = async () => {
    samp.told = "Asking the SAMP hub of this machine; it may ask you for permission…";
    refresh();
    try {
      const names = await samp.hub.sendTable({ url: writeResultUrl(query, "votable"), name: "CAOM-AI results" });
      samp.told = `Sent to ${names.join(", ")}.`;
    } catch (error) {
      samp.told = error.message;
    }
    refresh();
  };
  return html`<details class="choose" @focusout=${closeWhenLeft} @keydown=${closeByKey}>
    <summary><span>Save</span></summary>
    <div class="menu right" role="group" aria-label="Save the complete results">
      <p>The complete query results:</p>
      <a href=${writeResultUrl(query, "votable")} download="caom-ai.vot">VOTable</a>
      <a href=${writeResultUrl(query, "csv")} download="caom-ai.csv">CSV</a>
      <button type="button" @click=${transmit}>Send to TOPCAT (SAMP)</button>
    </div>
  </details>`;
}
