// The page's router: reads the address, draws its view, and follows the visitor.
//
// A view is a module that exports
//   render(context) -> TemplateResult   what <main> holds; called at every refresh, so it is cheap and asks through context.data
//   title(context) -> string            of the browser's tab
//   style: none; its style sheet is one of site/style/*.css, linked in index.html, colours and spaces by the
//   custom properties of page.css (--ink --dim --line --ground --box --mark --plus --minus, --space)
// and gets a context of
//   state    State of state.js, frozen; changed only by go
//   go(change, how = "push")   takes the properties in `change` over into the state, writes the address and draws anew;
//            a function is given the state of that moment, for acts that had to wait for an answer;
//            how = "replace" for typing and dragging, "push" for deliberate acts (the back button undoes them)
//   href(change)   the address of such a state, for <a href>; plain clicks on them are followed without loading the page
//   data     Data of data.js: data.ask(key, (signal, part) => promise) -> {value, error, pending}
//   keep(name, make)   an object of the view's own that lives as long as the page (open panels, hovered node, a zoom):
//            make() gives it at first; change it and call refresh
//   refresh()   draws the page in the next frame
//   announce(sentence)   said by screen readers, without a change of focus
// Panels of the results (maps) export renderPanel(context) instead of render, and get the same context.
// Text of the archive stands in templates of lit-html, which never become markup. CSP forbids style="..." in
// templates: use .style=${"--row: 3"} (a property, which is allowed) and style sheets.

import { html, render } from "./vendor/lit-html.js";
import { Data } from "./data.js";
import { readState, writeState } from "./state.js";
import { renderHeader } from "./header.js";

const MODULES = { results: "./results.js", image: "./image.js", upload: "./upload.js" };
const root = document.getElementById("page");
const kept = new Map();
const views = new Map();
let state = readState(new URL(location.href));
let drawing = false;
let spoken = "";

const data = new Data(refresh);

function refresh() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

function go(change, how = "push") {
  const before = state;
  const wanted = typeof change === "function" ? change(state) : change;
  const next = new URL(writeState({ ...state, ...wanted }), base());
  state = readState(next);
  if (next.href !== location.href) history[how === "push" ? "pushState" : "replaceState"](null, "", next);
  if (before.view !== state.view) scrollTo(0, 0);
  refresh();
}

function href(change) {
  return writeState({ ...state, ...change });
}

function keep(name, make) {
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name);
}

function announce(sentence) {
  spoken = sentence;
  refresh();
}

/** The folder of the page's addresses, which a proxy may have put anywhere. */
function base() {
  return new URL("./", document.baseURI);
}

function context() {
  return { state, go, href, data, keep, refresh, announce };
}

function draw() {
  drawing = false;
  const view = views.get(state.view);
  const given = context();
  if (!view) load(state.view);
  document.title = view?.title ? `${view.title(given)} - CAOM-AI` : "CAOM-AI";
  render(
    html`<a class="skip" href="#main">Skip to the content</a>
      ${renderHeader(given)}
      <main id="main" tabindex="-1">${view ? view.render(given) : html`<p class="quiet" role="status">Loading…</p>`}</main>
      <p class="spoken" role="status" aria-live="polite">${spoken}</p>`,
    root,
  );
}

async function load(name) {
  try {
    views.set(name, await import(MODULES[name]));
  } catch {
    views.set(name, { render: () => html`<p class="notice" role="alert">This part of the page cannot be loaded. Check the connection and load the page again.</p>` });
  }
  refresh();
}

/** Follow a link of the page without loading it again, unless the visitor wants another tab. */
function follow(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  const place = url.href.startsWith(base().href) ? url.pathname.slice(base().pathname.length) : null;
  if (link.target || link.download || url.hash || !["", "image", "upload"].includes(place)) return;
  event.preventDefault();
  const before = state.view;
  state = readState(url);
  history.pushState(null, "", url);
  if (before !== state.view) document.getElementById("main").focus();
  scrollTo(0, 0);
  refresh();
}

addEventListener("popstate", () => {
  state = readState(new URL(location.href));
  refresh();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
document.addEventListener("click", follow);
root.replaceChildren();
draw();
