// Why a result stands where it does, and how a recommendation was found: the parts of the score, in words and as bars.
// The numbers come from the server.

import { h } from "./dom.js";

const PARTS = {
  words: "Words that match",
  meaning: "Likeness in meaning",
  category: "Shares the category of the best",
  reread: "Read again beside your words",
  rule: "The shop's own rule",
};

/** A disclosure on a result's card; null for a result that was not explained. */
export function why(result) {
  const parts = result.why.filter((one) => one.part === "rule" || Math.abs(one.value) >= 0.005);
  if (!parts.length) return null;
  const most = Math.max(...parts.map((one) => Math.abs(one.value)), 0.01);
  return h(
    "details",
    { class: "why" },
    h("summary", {}, "Why this result", h("span", { class: "sr-only" }, `: ${result.card.title}`)),
    h("dl", {}, parts.map((one) => row(one, Math.abs(one.value) / most, matched(result)))),
  );
}

const MEASURES = { relevance: "How likely it is wanted", unexpectedness: "How unexpected it is", timeliness: "How well it fits now" };

/** A disclosure on a recommendation: the way to it step by step, each with its source, and what it was ordered by. */
export function found(item) {
  if (!item.chain?.length) return null;
  const step = ({ text, source }) => h("li", {}, text, h("span", { class: "why-note" }, source));
  return h(
    "details",
    { class: "why" },
    h("summary", {}, "Why this", h("span", { class: "sr-only" }, `: ${item.card.title}`)),
    h("ol", {}, item.chain.map(step)),
    h("dl", {}, Object.keys(MEASURES).map((part) => row({ part, value: item[part] }, item[part]))),
  );
}

function row({ part, value, note }, share, words) {
  const said = part === "words" && words ? words : note;
  return h(
    "div",
    {},
    h("dt", {}, PARTS[part] ?? MEASURES[part] ?? part, said && h("span", { class: "why-note" }, said)),
    h("dd", {}, h("span", { class: value < 0 ? "bar less" : "bar", "aria-hidden": "true" }, filled(share)), signed(value)),
  );
}

/** The bar's filled part. Its width is set as a property, since the page's policy allows no style attributes. */
function filled(share) {
  const part = h("i");
  part.style.width = `${Math.round(100 * share)}%`;
  return part;
}

/** The words of the query that stand in title or description, as they are written there. */
function matched({ highlights }) {
  const found = Object.values(highlights).flatMap((pieces) => pieces.filter(([, hit]) => hit).map(([text]) => text.toLowerCase()));
  return [...new Set(found)].slice(0, 6).join(", ");
}

const signed = (value) => (value < 0 ? `−${Math.abs(value).toFixed(2)}` : value.toFixed(2));
