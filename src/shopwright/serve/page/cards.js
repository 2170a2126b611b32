// A product on the page: picture, price, stock, rating. All strings arrive rendered; nothing is computed here.

import { compareTick } from "./compare.js";
import { h, safeUrl } from "./dom.js";
import { note } from "./events.js";
import { icon } from "./icons.js";
import { go, href } from "./state.js";
import { why } from "./why.js";

/** A product's picture on its tile. Without one, or when it cannot be loaded, a quiet mark stands in. */
export function picture(image, alt = "") {
  const tile = h("div", { class: "tile" });
  const source = address(image);
  const blank = () => tile.replaceChildren(h("span", { class: "tile-blank" }, icon("bag")));
  if (source) tile.append(h("img", { src: source, alt, loading: "lazy", decoding: "async", on: { error: blank } }));
  else blank();
  return tile;
}

/** Price, with the regular one struck through while a sale runs. */
export function price(card) {
  return h(
    "p",
    { class: card.regular_price ? "price on-sale" : "price" },
    h("span", { class: "now" }, card.price),
    card.regular_price && [
      " ",
      h("s", {}, h("span", { class: "sr-only" }, "instead of "), card.regular_price),
    ],
  );
}

/** Stock in words, with a dot whose colour repeats them. */
export function stock(card) {
  if (!card.stock) return null;
  const gone = /\b(out of stock|sold out|unavailable|not available)\b/i.test(card.stock);
  return h("span", { class: gone ? "stock gone" : "stock" }, card.stock);
}

/** Rating as a star, a number and a count. */
export function rating(value) {
  if (!value || !value.count) return null;
  const mean = value.value.toFixed(1);
  const words = `rated ${mean} of 5 by ${value.count} ${value.count === 1 ? "shopper" : "shoppers"}`;
  return h(
    "span",
    { class: "rating", role: "img", "aria-label": words },
    h("span", { class: "star", "aria-hidden": "true" }, "★"),
    h("span", { "aria-hidden": "true" }, ` ${mean} `),
    h("span", { class: "count", "aria-hidden": "true" }, `(${value.count})`),
  );
}

/** A link that opens a product's details on this page; with Ctrl or the middle button, in a tab of its own. */
export function productLink(id, ...content) {
  return h(
    "a",
    {
      href: href({ product: id }),
      dataset: { product: id },
      on: {
        click(event) {
          note("select_item", { items: [id], list: event.currentTarget.closest("[data-list]")?.dataset.list });
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          go({ product: id });
        },
      },
    },
    ...content,
  );
}

/** Pieces of text as `[text, matched]`, the matched ones marked. */
export const marked = (pieces) => pieces.map(([text, matched]) => (matched ? h("mark", {}, text) : text));

/** A search result. */
export function resultCard(result) {
  const { card, highlights } = result;
  const title = highlights.title?.some(([, matched]) => matched) ? marked(highlights.title) : card.title;
  const snippet = Object.entries(highlights).find(
    ([field, pieces]) => field !== "title" && field !== "brand" && pieces.some(([, matched]) => matched),
  );
  return h(
    "article",
    { class: "card" },
    picture(card.image),
    h(
      "div",
      { class: "card-body" },
      card.brand && h("p", { class: "brand" }, card.brand),
      h("h3", {}, productLink(card.variant_id ?? card.product_id, title)),
      card.options && h("p", { class: "options-line" }, card.options),
      snippet && h("p", { class: "snippet" }, marked(snippet[1])),
      h("div", { class: "card-foot" }, price(card), h("p", { class: "meta" }, rating(card.rating), stock(card))),
      result.instead.length > 0 && insteadOf(card, result.instead),
      why(result),
    ),
    compareTick(card),
  );
}

/** What can be bought in place of a product that is gone, as links with prices. */
function insteadOf(card, others) {
  return h(
    "div",
    { class: "instead", role: "group", "aria-label": `In place of ${card.title}` },
    h("p", {}, "Out of stock. Close to it:"),
    h("ul", {}, others.map((other) => h("li", {}, productLink(other.product_id, other.title), " ", h("span", { class: "instead-price" }, other.price)))),
  );
}

/** A small card for the conversation and for related products. */
export function smallCard(card) {
  return h(
    "article",
    { class: "small-card" },
    picture(card.image),
    h(
      "div",
      { class: "card-body" },
      card.brand && h("p", { class: "brand" }, card.brand),
      h("h4", {}, productLink(card.variant_id ?? card.product_id, card.title)),
      card.options && h("p", { class: "options-line" }, card.options),
      card.reason && h("p", { class: "reason" }, card.reason),
      h("p", { class: "meta" }, price(card), rating(card.rating), stock(card)),
    ),
  );
}

/** Grey shapes where results will be. */
export function skeletons(count) {
  return Array.from({ length: count }, () =>
    h(
      "div",
      { class: "card skeleton", "aria-hidden": "true" },
      h("div", { class: "tile" }),
      h("div", { class: "card-body" }, h("i"), h("i"), h("i")),
    ),
  );
}

function address(image) {
  if (!image) return null;
  if (/^(\/?pictures\/)?[a-z0-9_-]+\.svg$/.test(image)) return `/pictures/${image.split("/").pop()}`;
  return /^https?:/i.test(image) ? safeUrl(image) : null;
}
