// Recommendations: a strip on the page without a wish, sections of a product's dialog, a strip beside the cart in the
// conversation. Each product has its reason in a sentence, a way to say "not for me", and how it was found. Where the
// shop recommends nothing, nothing is shown. What is seen and what is opened is told under the list's name, so that
// what was left alone comes less often.

import * as api from "./api.js";
import { picture, price, productLink, rating, stock } from "./cards.js";
import { byId, fill, h } from "./dom.js";
import { looked, note, visitId } from "./events.js";
import { shopper } from "./shopper.js";
import { found } from "./why.js";

const LIST = "recommendations";
const KEPT = "shopwright-adventure";
const STEPS = [[0, "Safe"], [0.25, "Rather safe"], [0.5, "Balanced"], [0.75, "Rather adventurous"], [1, "Adventurous"]];
const USUAL = 2;
const SEEN_MS = 500;
const refused = new Set(); // also for a browser that keeps nothing
let conversation = () => null;
let running = null;
let shownFor = null;

/** What the shop recommends for `asked`, as `RecommendForm` has it; [] where that is nothing, or cannot be had. */
export async function recommended(asked, signal) {
  const known = { seen: looked(), never: [...refused], session: visitId() || undefined, shopper: shopper() ?? undefined };
  const found = await api.recommend({ ...known, ...asked, adventure: turned(), explain: true }, signal).catch(() => null);
  return found?.items ?? [];
}

/** Wire the strip of the page without a wish up; `ofConversation()` gives the conversation's id or null. */
export function startRecommendations(ofConversation) {
  conversation = ofConversation;
  fill(byId("recommended-bar"), h("h2", { id: "recommended-title" }, "You may like"), dial(loadStrip));
}

/** Fill the strip; anew where something was looked at meanwhile. */
export function followStrip() {
  const now = looked().join("\n");
  if (now !== shownFor) loadStrip();
  shownFor = now;
}

async function loadStrip() {
  running?.abort();
  const { signal } = (running = new AbortController());
  const list = byId("recommended-list");
  list.setAttribute("aria-busy", "true");
  if (!list.childElementCount) fill(list, Array.from({ length: 6 }, () => h("li", { class: "card skeleton", "aria-hidden": "true" })));
  const items = await recommended({ place: "home", limit: 8 }, signal);
  if (signal.aborted) return;
  list.setAttribute("aria-busy", "false");
  byId("recommended").hidden = !items.length;
  fill(list, items.map((item) => h("li", {}, stripCard(item))));
  list.scrollLeft = 0;
  watch(list);
}

/** A list of small cards with reasons; null for none. */
export function smallCards(items) {
  if (!items.length) return null;
  const list = h("ul", { class: "small-cards", dataset: { list: LIST } }, items.map((item) => h("li", {}, smallOne(item))));
  watch(list);
  return list;
}

/** What goes with a cart, or what somebody with an empty one may like, under a heading; null for nothing. */
export async function besideCart(ids) {
  const items = await recommended({ place: ids.length ? "basket" : "home", basket: ids, limit: 3 });
  if (!items.length) return null;
  return h("section", { class: "beside" }, h("h4", {}, ids.length ? "Goes with your basket" : "You may like"), smallCards(items));
}

/** A product that the conversation suggests by the way. */
export const asideCard = (card) =>
  h("section", { class: "beside" }, h("h4", {}, "By the way"), smallCards([{ id: card.product_id, card, reason: card.reason }]));

// ── cards ──

function stripCard(item) {
  const { card, reason } = item;
  const body = h(
    "div",
    { class: "card-body" },
    card.brand && h("p", { class: "brand" }, card.brand),
    h("h3", {}, productLink(card.variant_id ?? card.product_id, card.title)),
    h("p", { class: "reason" }, reason),
    h("div", { class: "card-foot" }, price(card), h("p", { class: "meta" }, rating(card.rating), stock(card))),
  );
  return withRefusal(item, h("article", { class: "card" }, picture(card.image), body), body);
}

function smallOne(item) {
  const { card, reason } = item;
  const body = h(
    "div",
    { class: "card-body" },
    card.brand && h("p", { class: "brand" }, card.brand),
    h("h4", {}, productLink(card.variant_id ?? card.product_id, card.title)),
    reason && h("p", { class: "reason" }, reason),
    h("p", { class: "meta" }, price(card), rating(card.rating), stock(card)),
  );
  return withRefusal(item, h("article", { class: "small-card" }, picture(card.image), body), body);
}

/** The card with how it was found and "Not for me" below, which leaves a word and an undo in its place. */
function withRefusal(item, article, body) {
  const { id, card } = item;
  article.dataset.seen = id;
  const gone = h("div", { class: "refused" });
  const undo = h("button", { type: "button", class: "quiet", "aria-label": `Undo: show ${card.title} again`, on: { click: back } }, "Undo");
  const refuse = h("button", { type: "button", class: "quiet", "aria-label": `Not for me: ${card.title}`, on: { click: go } }, "Not for me");
  fill(gone, h("p", {}, `“${card.title}” will not be shown again.`), undo);
  body.append(h("div", { class: "rec-foot" }, found(item), refuse));

  function go() {
    gone.style.minHeight = `${article.offsetHeight}px`; // nothing below moves
    article.replaceWith(gone);
    undo.focus();
    refused.add(id);
    tell(api.never, id);
  }
  function back() {
    gone.replaceWith(article);
    refuse.focus();
    refused.delete(id);
    tell(api.again, id);
  }
  return article;
}

/** Keep a refusal, or take it back: of the visit, of the conversation, of the shopper where there is one. */
function tell(act, product) {
  const known = shopper();
  const sessions = new Set([visitId(), conversation()].filter(Boolean));
  if (known) act({ product, shopper: known }).catch(() => {});
  for (const session of sessions) act({ product, session }).catch(() => {}); // in this page it holds without that too
}

// ── the dial ──

/** How far the dial was turned, 0 to 1; undefined where nobody touched it, so that the shop's own setting holds. */
function turned() {
  const step = keptStep();
  return step === null ? undefined : STEPS[step][0];
}

function keptStep() {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept !== null && STEPS[kept] ? Number(kept) : null;
  } catch {
    return null;
  }
}

function dial(changed) {
  const range = h("input", { type: "range", id: "adventure", min: 0, max: STEPS.length - 1, step: 1, value: keptStep() ?? USUAL, "aria-label": "How adventurous" });
  const name = () => range.setAttribute("aria-valuetext", STEPS[range.value][1]);
  range.addEventListener("input", name);
  range.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, range.value);
    } catch {
      // It holds for this list only.
    }
    changed();
  });
  name();
  return h("div", { class: "dial" }, h("span", { "aria-hidden": "true" }, "Safe"), range, h("span", { "aria-hidden": "true" }, "Adventurous"));
}

// ── what is seen ──

/** Tell which of a list's cards came into view, those that do within half a second together. */
function watch(list) {
  const waiting = new Set();
  let timer = 0;
  const tellSeen = () => {
    note("view_item_list", { items: [...waiting], list: LIST });
    waiting.clear();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        waiting.add(target.dataset.seen);
        observer.unobserve(target);
      }
      clearTimeout(timer);
      if (waiting.size) timer = setTimeout(tellSeen, SEEN_MS);
    },
    { threshold: 0.5 },
  );
  for (const card of list.querySelectorAll("[data-seen]")) observer.observe(card);
}
