// Starts the page and wires its parts together: the search field, the tabs of a narrow screen, keys, the welcome.

import * as api from "./api.js";
import { ask, conversation, offer, startChat } from "./chat.js";
import { startCompare } from "./compare.js";
import { countNow, countSoon } from "./counting.js";
import { anyDialog } from "./dialog.js";
import { startDocuments } from "./documents.js";
import { byId, fill, h } from "./dom.js";
import { startEvents } from "./events.js";
import { icon } from "./icons.js";
import { startMemory } from "./memory.js";
import { startProduct } from "./product.js";
import { followStrip, startRecommendations } from "./recommend.js";
import { findProducts, startResults } from "./results.js";
import { go, href, onChange, sameSearch, state } from "./state.js";
import { startSuggestions } from "./suggest.js";

const NARROW = matchMedia("(max-width: 799px)");
let shopName = "Shop";

startChat();
startResults(ask);
startCompare(ask);
startProduct(ask);
startDocuments();
startMemory();
startRecommendations(conversation);
startSearchField();
startTabs();
startTheme();
startKeys();
onChange(follow);
greet();
findProducts();
showWelcome();
countSoon();

function follow(now, before) {
  if (byId("q").value.trim() !== now.q) byId("q").value = now.q;
  nameThePage();
  showWelcome();
  if (!sameSearch(now, before)) findProducts();
  if (now.q !== before.q) countSoon();
  if (now.product && !before.product) countNow();
}

function startSearchField() {
  const field = byId("q");
  field.value = state().q;
  document.querySelector(".search-icon").append(icon("search"));
  let timer = 0;
  let typing = false;
  const apply = (replace) => {
    clearTimeout(timer);
    go({ q: field.value.trim() }, { replace });
  };
  const applyLast = () => {
    apply(typing);
    typing = false;
    countNow();
    showTab("search");
  };
  const applySoon = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const typed = field.value;
      if ((await undecided()) || field.value !== typed) return; // "te" empties no page on the way to "tent"
      apply(typing);
      typing = true; // further letters belong to the same step of the history
    }, 220);
  };
  const undecided = startSuggestions(field, { take: applyLast, leave: applySoon });
  field.addEventListener("input", applySoon);
  field.addEventListener("blur", () => (typing = false));
  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    applyLast();
    byId("results").querySelector("h3 a")?.focus();
  });
}

function startTabs() {
  byId("tab-search").addEventListener("click", () => showTab("search"));
  byId("tab-assistant").addEventListener("click", () => showTab("assistant"));
  byId("tabs").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = document.activeElement.id === "tab-search" ? "assistant" : "search";
    showTab(other);
    byId(`tab-${other}`).focus();
  });
  document.addEventListener("assistant-wanted", () => showTab("assistant"));
  NARROW.addEventListener("change", () => showTab("search"));
  const toggle = byId("toggle-facets");
  toggle.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
  });
  showTab("search");
}

/** On a narrow screen one of the two views is shown, as tabs; on a wide one both are, as regions. */
function showTab(name) {
  const narrow = NARROW.matches;
  document.body.dataset.tab = name;
  byId("tabs").toggleAttribute("role", narrow);
  if (narrow) byId("tabs").setAttribute("role", "tablist");
  for (const [tab, panel] of [["search", byId("search-panel")], ["assistant", byId("assistant-panel")]]) {
    const button = byId(`tab-${tab}`);
    if (narrow) {
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", String(tab === name));
      button.tabIndex = tab === name ? 0 : -1;
      panel.setAttribute("role", "tabpanel");
    } else {
      panel.removeAttribute("role");
    }
  }
}

function startTheme() {
  const button = byId("theme");
  const draw = () => {
    const dark = window.shopTheme.isDark();
    button.setAttribute("aria-label", dark ? "Switch to light colours" : "Switch to dark colours");
    fill(button, icon(dark ? "sun" : "moon"));
  };
  button.addEventListener("click", () => {
    window.shopTheme.toggle();
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
}

function startKeys() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !anyDialog() && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      showTab("search");
      byId("q").focus();
      byId("q").select();
    }
    if (event.key === "Escape" && event.target === byId("q") && byId("q").value) {
      event.preventDefault();
      byId("q").value = "";
      go({ q: "" });
    }
    if (event.key === "ArrowDown" && event.target === byId("q")) {
      event.preventDefault();
      byId("results").querySelector("h3 a")?.focus();
    }
  });
}

async function greet() {
  try {
    const shop = await api.shop();
    shopName = shop.name;
    byId("shop-name").textContent = shop.name;
    nameThePage();
    offer(shop.examples);
    startEvents(shop.events, conversation);
    drawWelcome(shop);
    showWelcome();
  } catch {
    nameThePage(); // the result list says that the shop cannot be reached
  }
}

function drawWelcome(shop) {
  const pill = ({ name, count }) => {
    const filter = `category:is:${name.replaceAll("\\", "\\\\").replaceAll("|", "\\|")}`;
    const open = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go({ f: [filter] });
    };
    return h("li", {}, h("a", { href: href({ f: [filter] }), on: { click: open } }, name, h("span", { class: "count" }, String(count))));
  };
  fill(
    byId("welcome"),
    h("h1", {}, shop.products ? "Search the shelves, or just ask." : "This shop is still empty."),
    shop.products
      ? h("ul", { class: "departments", "aria-label": "Departments" }, shop.departments.map(pill))
      : h("p", {}, "Add products with “shopwright ingest FEED” and reload this page."),
  );
}

function showWelcome() {
  const { q, f, product } = state();
  const searches = Boolean(q || f.length);
  document.documentElement.toggleAttribute("data-searching", searches);
  if (!searches && !product) followStrip(); // a list that changed behind a dialog would be told as seen
}

function nameThePage() {
  const { q } = state();
  document.title = q ? `${q} – ${shopName}` : shopName;
}
