// The conversation: sends a message, draws the answer as it streams, can be stopped, and survives a reload of the page.

import * as api from "./api.js";
import { newAnswer } from "./answer.js";
import { announce, byId, calm, fill, h } from "./dom.js";
import * as history from "./history.js";
import { icon } from "./icons.js";
import { onDropped, shopper } from "./shopper.js";

const KEPT_TURNS = 12;
let session = null;
let turns = [];
let running = null;
let ended = Promise.resolve();
let last = null;
let examples = [];

/** Wire the conversation up and draw what an earlier visit of this tab left. */
export function startChat() {
  const [input, composer] = [byId("message"), byId("composer")];
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) running.abort();
    else ask(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!running) ask(input.value);
  });
  input.addEventListener("input", fit);
  byId("new-conversation").addEventListener("click", () => {
    begin();
    byId("message").focus();
  });
  onDropped(begin);
  drawSend();
  ({ session, turns } = history.load() ?? { session, turns });
  draw();
}

/** Questions to offer while nothing has been said. */
export function offer(questions) {
  examples = questions;
  if (!turns.length && !running) greet();
}

/** Send a message, or only put it into the field when `send` is false. */
export async function ask(text, { send = true } = {}) {
  const message = text.trim();
  const input = byId("message");
  document.dispatchEvent(new CustomEvent("assistant-wanted"));
  if (!send) {
    input.value = text;
    fit();
    input.focus();
    return;
  }
  if (!message || running) return;
  input.value = "";
  fit();
  if (!turns.length && !last) fill(byId("log"));
  last?.dropOptions();
  await (ended = answer(message));
}

async function answer(message) {
  const view = (last = newAnswer(ask));
  const { signal } = (running = new AbortController());
  append(message, view.element);
  drawSend();
  try {
    for await (const event of api.turn(message, session, shopper(), signal)) {
      view.show(event);
      if (event.kind === "done") keep(event.data, message);
    }
  } catch (error) {
    if (signal.aborted) view.end("Stopped.");
    else if (error.status === 409) leave(view);
    else if (error instanceof api.Problem) view.end(error.message, error.remedy);
    else view.end("The connection was lost before the answer was done.", "Try again.");
  } finally {
    running = null;
    drawSend();
  }
}

/** Add a message and its answer, the message at the top edge: reading starts there, and nothing scrolls away below. */
function append(message, element) {
  const said = h("p", { class: "saying" }, h("span", { class: "sr-only" }, "You: "), message);
  const exchange = h("section", { class: "exchange" }, said, element);
  byId("log").append(exchange);
  byId("log").scrollTo({ top: exchange.offsetTop - byId("log").offsetTop, behavior: calm() ? "auto" : "smooth" });
}

/** The conversation is another shopper's: who is remembered here changed, perhaps in another tab. */
function leave(view) {
  session = null;
  view.end("This conversation belongs to somebody else who was remembered here.", "Send it again: it begins a new one.");
}

function keep(turn, message) {
  session = turn.session_id;
  turns = [...(history.hasForgotten(turn, message) ? [] : turns), turn].slice(-KEPT_TURNS);
  byId("new-conversation").hidden = false;
  history.save(session, turns);
}

/** Draw the turns that are kept. */
function draw() {
  byId("new-conversation").hidden = !session;
  last = null;
  if (!turns.length) return greet();
  const log = byId("log");
  log.setAttribute("aria-live", "off");
  fill(log);
  for (const turn of turns) {
    last?.dropOptions();
    last = newAnswer(ask);
    last.settle(turn);
    append(turn.message, last.element);
  }
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

/** The id of the conversation, null before it began. */
export const conversation = () => session;

/** Resolved when no answer is being written: what is forgotten before that would be stored once more. */
export const settled = () => ended;

/** Drop the turns in which these words stand. */
export function dropSaid(words) {
  turns = history.without(turns, words);
  if (session) history.save(session, turns);
  draw();
}

/** Begin a new conversation; what this tab kept of the last one goes. */
export function begin() {
  running?.abort();
  [session, turns, last] = [null, [], null];
  history.drop();
  byId("new-conversation").hidden = true;
  greet();
  announce("A new conversation");
}

function greet() {
  fill(
    byId("log"),
    h(
      "div",
      { class: "greeting" },
      h("p", { class: "greeting-lead" }, "Ask in your own words."),
      h("p", {}, "I look things up in this shop's catalogue, compare, and say where each fact comes from."),
      examples.length > 0 && h("ul", { class: "examples" }, examples.map((text) => h("li", {}, h("button", { type: "button", on: { click: () => ask(text) } }, text)))),
    ),
  );
}

function drawSend() {
  const button = byId("send");
  button.setAttribute("aria-label", running ? "Stop" : "Send");
  button.classList.toggle("stop", Boolean(running));
  fill(button, icon(running ? "stop" : "send"));
}

/** The field grows with its text up to eight lines. */
function fit() {
  const input = byId("message");
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight + 2, 200)}px`;
}
