// The head of every view: where one is, and light or dark.

import { html } from "./vendor/lit-html.js";

const THEMES = { light: "dark", dark: "light" };

/** Draw the head of the page; the filters stay in the address of every view, so that the way back leads to the same results. */
export function renderHeader(context) {
  const { state, href } = context;
  const link = (view, text) => html`<a href=${href({ view, id: "" })} aria-current=${state.view === view ? "page" : "false"}>${text}</a>`;
  return html`<header class="head">
    <a class="name" href="./">CAOM-AI</a>
    <nav aria-label="Views">${link("results", "Search")} ${link("upload", "Upload")} <a href="about">About</a></nav>
    <button class="plain" type="button" @click=${() => switchTheme(context)} title="Switch between light and dark">
      ${findTheme() === "dark" ? "Light" : "Dark"}<span class="spoken"> colours</span>
    </button>
  </header>`;
}

function findTheme() {
  return document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function switchTheme({ refresh }) {
  const theme = THEMES[findTheme()];
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Storage may be forbidden: then the choice holds until the page is left.
  }
  refresh();
}
