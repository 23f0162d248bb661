/** The ADQL of what is shown: to read, to change and run, to copy as it is or as Python. */

import { writePython } from "./adql.js";
import { SERVICE } from "./tap.js";
import { html, live, nothing } from "./vendor/lit-html.js";

/** Draw the panel, if it is open. */
export function renderQuery(context, query) {
  const { state, go, keep, refresh } = context;
  const panel = keep("query", () => ({ isOpen: false, of: "", text: "" }));
  if (!panel.isOpen) return nothing;
  // What is typed stays until the query itself changes.
  if (panel.of !== query) Object.assign(panel, { of: query, text: query, told: "" });
  // Asked when keys are pressed too, which may be before what was typed is drawn.
  const isChanged = () => panel.text.trim() !== query.trim();
  const copy = async (text, words) => {
    try {
      await navigator.clipboard.writeText(text);
      panel.told = words;
    } catch {
      // Not every browser lets a page copy, and none over plain http from another machine.
      panel.told = "The browser does not let this page copy: select the text and copy it.";
    }
    refresh();
  };
  const run = () => go({ adql: panel.text.trim(), sort: "" });
  const type = ({ target }) => {
    Object.assign(panel, { text: target.value, told: "" });
    refresh();
  };
  const press = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isChanged()) run();
  };
  return html`<section class="query" id="query" aria-label="ADQL">
    <label class="field"><span>ADQL of what is shown; change it and run it. It may use every table and <a href="functions">function</a> of the service.</span>
    <textarea class="code" spellcheck="false" autocapitalize="off" rows="9" .value=${live(panel.text)} @input=${type} @keydown=${press}></textarea></label>
    <div class="query-acts">
      <button type="button" class="main" ?disabled=${!isChanged()} @click=${run}>Run</button>
      ${state.adql || isChanged() ? html`<button type="button" @click=${() => { panel.of = ""; go({ adql: "", sort: "-start" }); }}>Back to the filters</button>` : nothing}
      <button type="button" @click=${() => copy(panel.text, "The query has been copied.")}>Copy</button>
      <button type="button" @click=${() => copy(writePython(panel.text, SERVICE), "The Python code has been copied.")}>Copy as pyvo code</button>
      <span class="dim" role="status">${panel.told}</span>
    </div>
  </section>`;
}
