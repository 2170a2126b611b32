// Tells the shop what is looked at: searches, lists, products, under GA4's names, batched, with a random id of the visit
// and the conversation's, and the shopper's only where they want to be remembered. The id lives as long as this tab and
// ends after half an hour of rest. Nothing is told where the browser asks not to (Global Privacy Control, Do Not Track),
// where the shopper switched it off, or where the shop keeps no events.

import { newShopper, onDropped, shopper } from "./shopper.js";

const VISIT = "shopwright-visit";
const OFF = "shopwright-no-events";
const REST_MS = 1_800_000;
const SEND_MS = 2_000;
const MOST = 100;
const MOST_OPENED = 50;
let conversation = null; // how to find out; null until the shop said that it takes events
let waiting = [];
let timer = 0;
let listed = "";
let opened = [];

onDropped(dropVisit);

/** Begin to tell; `ofConversation()` gives its id or null. What was noted before is sent, too. */
export function startEvents(takes, ofConversation) {
  conversation = takes ? ofConversation : null;
  if (!takes) {
    waiting = [];
    return;
  }
  addEventListener("visibilitychange", () => document.hidden && send());
  later();
}

/** Whether the browser asks that nothing be told. */
export const askedNotTo = () => navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";

/** Whether the shopper switched it off. */
export function switchedOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return true; // a browser that keeps nothing for this page is one that wants to stay unknown
  }
}

/** Switch it off or on again; throws where the browser keeps nothing for this page. */
export function switchEvents(on) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
  if (!on) dropVisit();
}

/** Forget the visit and what was not sent of it. */
export function dropVisit() {
  [waiting, opened] = [[], []];
  try {
    sessionStorage.removeItem(VISIT);
  } catch {
    // Nothing was kept.
  }
}

/** The products that were opened on this page, oldest first; none where nothing is to be told. */
export const looked = () => [...opened];

/** The id of this visit; "" where nothing is to be told, or the browser keeps nothing. */
export const visitId = () => (askedNotTo() || switchedOff() ? "" : visit());

/** Note an event; the same list twice in a row is one. `list`: the name of the list that the items stood in. */
export function note(name, { items = [], query, list } = {}) {
  if (askedNotTo() || switchedOff()) return;
  if (name === "view_item_list") {
    const now = [list, ...items].join("\n");
    if (!items.length || now === listed) return;
    listed = now;
  }
  if (name === "view_item") opened = [...opened.filter((id) => id !== items[0]), items[0]].slice(-MOST_OPENED);
  const session = visit();
  if (!session || waiting.length >= MOST) return;
  const id = newShopper().slice(0, 16);
  waiting.push({ name, session, time: Date.now() / 1000, items, shopper: shopper() ?? undefined, query, item_list_id: list, id });
  later();
}

function later() {
  if (conversation && waiting.length && !timer) timer = setTimeout(send, SEND_MS);
}

async function send(again = true) {
  clearTimeout(timer);
  timer = 0;
  if (!conversation || !waiting.length) return;
  const events = waiting;
  waiting = [];
  const body = JSON.stringify({ events, conversation: conversation() ?? undefined });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/api/events", { method: "POST", headers, body, keepalive: true }).catch(() => null);
  if (again && (!answer || answer.status === 503)) {
    waiting = [...events, ...waiting].slice(0, MOST); // the shop knows those that it took after all by their ids
    timer = setTimeout(() => send(false), 5 * SEND_MS);
  }
}

/** The id of this visit; "" where the browser keeps nothing. */
function visit() {
  try {
    const [id, last] = (sessionStorage.getItem(VISIT) ?? "").split(" ");
    const now = Date.now();
    const same = id && now - Number(last) < REST_MS ? id : newShopper();
    sessionStorage.setItem(VISIT, `${same} ${now}`);
    return same;
  } catch {
    return "";
  }
}
