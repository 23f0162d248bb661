/** The filters: a name or a place, collections, instruments, bands, days. Content comes from the maps. */

import { writeConditions } from "./adql.js";
import { Memo } from "./memo.js";
import { askTarget } from "./target.js";
import { clearFilters } from "./state.js";
import { ask } from "./tap.js";
import { readDay, readPosition } from "./units.js";
import { html, live, nothing } from "./vendor/lit-html.js";

const CHOICES = [["collection", "Collection"], ["instrument", "Instrument"], ["filter", "Filter"]];
const INTENTS = { science: "Science", calibration: "Calibration", all: "All" };
const MOST_OPTIONS = 5000;
const NONE = [];
const DRAFTS = ["target", "radius", "start", "end"];

/** What is typed and not yet taken over, what is wrong with it, and whether a phone shows all filters. */
const newTyped = () => ({ drafts: new Map(), wrong: "", isOpen: false });

/** Draw the form above the results. */
export function renderFilters(context) {
  const { state, go, keep, refresh } = context;
  const typed = keep("typed", newTyped);
  const unfold = () => {
    typed.isOpen = !typed.isOpen;
    refresh();
  };
  const shown = (name) => readDraft(typed, name, said(state, name));
  const draft = ({ target: { name, value } }) => DRAFTS.includes(name) && typed.drafts.set(name, { value, said: said(state, name) });
  const isEmpty = writeConditions({ ...state, intent: "all" }).length === 0 && !state.adql && !state.where.size;
  return html`<form class="filters-form" role="search" aria-label="Filters" autocomplete="off" ?data-open=${typed.isOpen} @submit=${(event) => { event.preventDefault(); search(context, event.target); }} @change=${(event) => change(context, event)} @input=${draft}>
    <label class="field target"><span>Target name or position</span>
      <input name="target" placeholder="M 51, or 13:29:52.7 +47:11:43" .value=${live(shown("target"))} aria-describedby="wrong" aria-invalid=${typed.wrong ? "true" : "false"}></label>
    <label class="field radius"><span>Radius (°)</span><input name="radius" inputmode="decimal" placeholder="0.1" .value=${live(shown("radius"))}></label>
    ${CHOICES.map(([name, title]) => drawChoice(context, name, title))}
    <label class="field day"><span>From</span><input name="start" placeholder="2025-10-23" title="A day, or MJD" .value=${live(shown("start"))}></label>
    <label class="field day"><span>To</span><input name="end" placeholder="or MJD" title="A day, or MJD" .value=${live(shown("end"))}></label>
    <label class="field intent"><span>Intent</span><select name="intent">${Object.entries(INTENTS).map(([value, words]) => html`<option value=${value} ?selected=${state.intent === value}>${words}</option>`)}</select></label>
    <button class="main" type="submit">Search</button>
    <button type="button" class="unfold" aria-expanded=${typed.isOpen ? "true" : "false"} @click=${unfold}>More filters</button>
    <button type="button" class="plain" ?disabled=${isEmpty} @click=${() => { Object.assign(typed, newTyped(), { isOpen: typed.isOpen }); go(clearFilters(state)); }}>Clear</button>
    <p class="wrong" id="wrong" role="alert" ?hidden=${!typed.wrong}>${typed.wrong}</p>
  </form>`;
}

/** What the address says of a field. */
function said(state, name) {
  return name === "target" ? state.target || state.pos : state[name];
}

/** What a field shows: a draft lasts until the address says something else, so answers that arrive leave it alone. */
function readDraft({ drafts }, name, said) {
  const draft = drafts.get(name);
  return draft?.said === said ? draft.value : said;
}

/** A list of values with check marks; nothing chosen means all. */
function drawChoice({ state, go, data, keep }, name, title) {
  const chosen = state[name];
  const { value: options = NONE, pending } = data.ask("choices", askChoices);
  const place = CHOICES.findIndex(([one]) => one === name);
  const counts = keep(`options ${name}`, () => new Memo()).of([options, state.collection.join("\n")], () => countOptions(options, place, state));
  const toggle = (value) => go({ [name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value], adql: "" });
  return html`<details class="choose" @focusout=${closeWhenLeft} @keydown=${closeByKey}>
    <summary ?data-chosen=${chosen.length > 0}><span><span class="spoken">${title}: </span>${chosen.length ? chosen.join(", ") : title}</span></summary>
    <div class="menu" role="group" aria-label=${title}>
      ${pending ? html`<p>Loading…</p>` : nothing}
      ${counts.map(([value, count]) => html`<label><input type="checkbox" .checked=${live(chosen.includes(value))} @change=${(event) => { event.stopPropagation(); toggle(value); }}>${value} <span class="dim">${count.toLocaleString("en")}</span></label>`)}
      ${!pending && !counts.length ? html`<p>Nothing to choose from.</p>` : nothing}
    </div>
  </details>`;
}

/** Count images by value, among the collections chosen where it is not they that are counted. */
function countOptions(options, place, { collection }) {
  const counts = new Map();
  for (const row of options) {
    const fits = place === 0 || !collection.length || collection.includes(row[0]);
    if (row[place] !== null && fits) counts.set(row[place], (counts.get(row[place]) ?? 0) + row[3]);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
}

async function askChoices(signal) {
  const columns = "o.collection, o.instrument_name, p.energy_bandpassName";
  const query = `SELECT ${columns}, COUNT(*) AS images\nFROM caom2.Plane AS p\nJOIN caom2.Observation AS o ON o.obsID = p.obsID\nGROUP BY ${columns}`;
  return (await ask(query, { signal, most: MOST_OPTIONS })).rows;
}

/** Close a list when the focus goes elsewhere. */
export function closeWhenLeft({ currentTarget, relatedTarget }) {
  if (relatedTarget && !currentTarget.contains(relatedTarget)) currentTarget.open = false;
}

/** Close a list by the Escape key. */
export function closeByKey({ currentTarget, key }) {
  if (key !== "Escape" || !currentTarget.open) return;
  currentTarget.open = false;
  currentTarget.querySelector("summary").focus();
}

/** Close lists when one clicks beside them. */
addEventListener("pointerdown", ({ target }) => {
  for (const list of document.querySelectorAll("details.choose[open]")) if (!list.contains(target)) list.open = false;
});

function change(context, { target }) {
  if (target.name === "intent") context.go({ intent: target.value, adql: "" });
  else if (target.name) search(context, target.form);
}

/** Take over what is typed, or say what is wrong with it. */
async function search(context, form) {
  const { state, go, keep, refresh } = context;
  const typed = keep("typed", newTyped);
  const [target, radius, start, end] = DRAFTS.map((name) => form.elements[name].value.trim());
  const wrong = findFault({ radius, start, end });
  if (wrong) return Object.assign(typed, { wrong }) && refresh();
  typed.wrong = "";
  const known = target === (state.target || state.pos) && radius === state.radius;
  try {
    const place = known ? {} : await findPlace(target, radius);
    const next = { ...place, radius, start, end, adql: "" };
    if (Object.entries(next).some(([name, value]) => state[name] !== value)) go(next);
  } catch (error) {
    typed.wrong = error.message;
  }
  return refresh();
}

function findFault({ radius, start, end }) {
  if (radius && !(Number(radius) > 0 && Number(radius) <= 90)) return "The radius is a number of degrees, above 0 and at most 90.";
  for (const day of [start, end]) if (day && readDay(day) === null) return `“${day}” is no day: write 2025-10-23, or an MJD such as 60971.`;
  return "";
}

/** A position is searched around; so is a name with a radius; a name alone is searched for as a name. */
async function findPlace(target, radius) {
  if (!target) return { target: "", pos: "" };
  const place = readPosition(target) ?? (radius ? await askTarget(target) : null);
  if (readPosition(target)) return { target: "", pos: `${place.ra} ${place.dec}` };
  return { target, pos: place ? `${place.ra} ${place.dec}` : "" };
}
