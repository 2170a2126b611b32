// One answer in the conversation: drawn piece by piece while it streams, and settled when the whole turn has arrived.

import { approvalList, billTable } from "./bill.js";
import { smallCard } from "./cards.js";
import { openDialog } from "./dialog.js";
import { openPassage } from "./documents.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { openCited } from "./product.js";
import { asideCard, besideCart } from "./recommend.js";
import { comparison } from "./table.js";
import { openTrace } from "./trace.js";
import { duration, STRATEGIES } from "./words.js";

const DOING = {
  need: () => "Choosing how to answer",
  decision: (decision) => (STRATEGIES[decision.strategy] ?? "Planning").replace(/$/, "…"),
  plan: () => "Looking things up",
  step: () => "Reading what was found",
};

const CART = new Set(["cart_show", "cart_add", "cart_remove"]);
const SOURCES = { review: "A shopper's review", sense: "Common sense of this shop", order: "Your order" };

/** An empty answer. `ask(text)` sends a reply that the shopper taps. */
export function newAnswer(ask) {
  const parts = Object.fromEntries(["words", "table", "cards", "aside", "bill", "approval", "beside", "unknown", "notes", "options", "foot"].map((name) => [name, h("div", { class: `answer-${name}` })]));
  const progress = h("p", { class: "progress", "aria-live": "off" }, h("span", {}, "Reading your message"));
  const element = h("article", { class: "answer", "aria-label": "Answer" }, progress, Object.values(parts));
  const citations = new Map();
  const numbers = new Map();
  let paragraph = null;

  function sentence({ text, citations: cited }) {
    paragraph ??= parts.words.appendChild(h("p", {}));
    const [, start, last] = /^([\s\S]*?)(\S{0,40})\s*$/.exec(text); // marks stay with the last word
    const marks = cited.map((id) => mark(id));
    paragraph.append(h("span", { class: "sentence" }, start, h("span", { class: "together" }, last, marks)), " ");
  }

  function mark(id) {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    const number = numbers.get(id);
    const open = () => citations.has(id) && openSource(citations.get(id));
    return h("button", { type: "button", class: "cite", dataset: { evidence: id }, "aria-label": `Source ${number}`, on: { click: open } }, String(number));
  }

  function show({ kind, data }) {
    if (DOING[kind]) fill(progress, h("span", {}, DOING[kind](data)));
    else if (kind === "sentence") sentence(data);
    else if (kind === "cards") fill(parts.cards, data.map((card) => smallCard(card)));
    else if (kind === "table") fill(parts.table, comparison(data));
    else if (kind === "bill") fill(parts.bill, billTable(data));
    else if (kind === "approval") fill(parts.approval, approvalList(data));
    else if (kind === "note") parts.notes.append(h("p", { class: "note" }, data));
    else if (kind === "options") drawOptions(data);
    else if (kind === "done") {
      settle(data);
      showBeside(data);
    }
  }

  function drawOptions(options) {
    fill(parts.options, options.map((text) => h("button", { type: "button", class: "outline option", on: { click: () => ask(text) } }, text)));
  }

  /** After the cart was shown or changed, what goes with it. */
  async function showBeside({ answer, trace }) {
    const ofCart = trace.results.some(({ tool, status }) => CART.has(tool) && status === "done");
    if (ofCart && !answer.approval) fill(parts.beside, await besideCart((answer.bill?.lines ?? []).map(([id]) => id)));
  }

  /** Take the finished turn as the truth: what streamed differently is drawn again. */
  function settle(turn) {
    const { answer } = turn;
    progress.remove();
    for (const one of answer.evidence) citations.set(one.id, one);
    if (parts.words.textContent.replace(/\s/g, "") !== drawnAs(answer.sentences)) {
      paragraph = null;
      numbers.clear();
      fill(parts.words);
      answer.sentences.forEach(sentence);
    }
    if (answer.table && !parts.table.hasChildNodes()) fill(parts.table, comparison(answer.table));
    if (answer.cards.length && !parts.cards.hasChildNodes()) fill(parts.cards, answer.cards.map((card) => smallCard(card)));
    if (answer.aside) fill(parts.aside, asideCard(answer.aside));
    if (answer.bill) fill(parts.bill, billTable(answer.bill));
    if (answer.approval) fill(parts.approval, approvalList(answer.approval));
    if (answer.options.length && !parts.options.hasChildNodes()) drawOptions(answer.options);
    fill(parts.notes, answer.notes.map((note) => h("p", { class: "note" }, note)));
    fill(parts.unknown, answer.unknown.length > 0 && h("p", { class: "note" }, `The catalogue does not say: ${answer.unknown.join(", ")}.`));
    for (const button of parts.words.querySelectorAll(".cite")) nameSource(button);
    fill(
      parts.foot,
      h("button", { type: "button", class: "quiet", "aria-haspopup": "dialog", on: { click: () => openTrace(turn, openSource) } }, icon("path"), "How I got this"),
      h("span", { class: "took" }, duration(turn.trace.seconds)),
    );
  }

  function drawnAs(sentences) {
    const seen = new Map();
    return sentences
      .map(({ text, citations: cited }) => text + cited.map((id) => seen.get(id) ?? (seen.set(id, seen.size + 1), seen.size)).join(""))
      .join("")
      .replace(/\s/g, "");
  }

  function nameSource(button) {
    const evidence = citations.get(button.dataset.evidence);
    if (!evidence) return;
    const words = [evidence.title, evidence.text.slice(0, 160)].filter(Boolean).join(": ");
    button.setAttribute("aria-label", `Source ${button.textContent}: ${words}`);
    button.title = words;
  }

  /** End early, with a reason. */
  function end(text, remedy) {
    progress.remove();
    parts.notes.append(h("p", { class: "note failed" }, text, remedy && ` ${remedy}`));
  }

  return { element, show, settle, end, dropOptions: () => fill(parts.options) };
}

/** Show where a fact comes from: the product at that property, the document at that passage, else the words alone. */
export function openSource(evidence) {
  if (evidence.kind === "product") return openCited(evidence.source, evidence.field);
  if (evidence.kind === "document") return openPassage(evidence.source, evidence.field, evidence.text);
  const { body } = openDialog({ kind: "sheet narrow", title: SOURCES[evidence.kind] ?? "Counted in the catalogue" });
  fill(
    body,
    h("blockquote", {}, evidence.text),
    h("p", { class: "byline" }, [evidence.title, evidence.date].filter(Boolean).join(" · ")),
  );
}
