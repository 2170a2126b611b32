// What the shop remembers: a switch for it, what is known with the words that said it, a file of all of it, and
// forgetting. Nothing is kept beyond a conversation until the switch is on, and what is deleted is asked about once.

import * as api from "./api.js";
import { begin, conversation, dropSaid, settled } from "./chat.js";
import { openDialog } from "./dialog.js";
import { byId, fill, h } from "./dom.js";
import { askedNotTo, dropVisit, switchEvents, switchedOff } from "./events.js";
import { dropShopper, keepShopper, newShopper, shopper } from "./shopper.js";
import { sure } from "./sure.js";

const NOTHING = { consent: null, preferences: [] };
const KINDS = {
  size: "Size", allergy: "Allergic to", diet: "Diet", like: "Likes", dislike: "Does not like", person: "Buys for",
  place: "Place", budget: "Budget", other: "Also",
};
const EMPTY = "Nothing yet. Tell me, for example, “I wear size 44” or “I am allergic to nuts”.";

/** Wire up the button that opens the dialog. */
export function startMemory() {
  byId("open-memory").addEventListener("click", openMemory);
}

function openMemory() {
  const { body } = openDialog({ kind: "sheet narrow", title: "What I remember" });
  const view = {
    status: h("p", { class: "memory-status", role: "status" }),
    content: h("div", { class: "memory" }, h("p", { class: "loading" }, "Looking it up")),
  };
  fill(body, view.status, view.content);
  refresh(view).catch((error) => {
    fill(view.content);
    tell(view, inWords(error), true);
  });
}

/** Draw what is kept as it is now; the element with the id `focus` is focused then. */
async function refresh(view, focus = "") {
  const id = shopper();
  const known = id ? await api.memory(id) : NOTHING;
  fill(view.content, switchPart(view, id, known), knownPart(view, id, known), eventsPart(), dataPart(view, id));
  if (focus) byId(focus)?.focus();
}

/** Do something that the shopper asked for, with every control off meanwhile; `work` returns what to say of it. */
async function act(view, work, focus = "memory-known") {
  const controls = [...view.content.querySelectorAll("button, input")].filter((one) => !one.disabled);
  for (const one of controls) one.disabled = true;
  tell(view, "One moment");
  try {
    await settled();
    const done = await work();
    await refresh(view, focus);
    tell(view, done);
  } catch (error) {
    for (const one of controls) one.disabled = false;
    tell(view, inWords(error), true);
  }
}

function tell(view, text, failed = false) {
  view.status.textContent = text;
  view.status.classList.toggle("failed", failed);
}

// ── the switch ──

function switchPart(view, id, { consent }) {
  const on = consent !== null;
  const input = h("input", { type: "checkbox", role: "switch", id: "memory-switch", "aria-describedby": "memory-hint" });
  input.checked = on;
  const hint = on
    ? `Since ${day(consent)} I keep sizes, allergies and tastes that you tell me, under a random id that only this browser has.`
    : "What you tell me about yourself counts for this conversation only.";
  const part = h(
    "section",
    { class: "part" },
    h("label", { class: "switch" }, input, "Remember me on this device"),
    h("p", { class: "hint", id: "memory-hint" }, hint),
  );
  input.addEventListener("change", () => {
    input.checked = on; // until it is done
    if (!on) {
      act(view, () => switchOn(id), "memory-switch");
      return;
    }
    const question =
      "Switch off? What I know about you is deleted, and a new conversation begins. Earlier conversations stay in the " +
      "shop; “Forget everything” deletes them too.";
    sure(part, input, question, "Switch off", () => act(view, () => switchOff(id), "memory-switch"));
  });
  return part;
}

async function switchOn(known) {
  const id = known ?? newShopper();
  try {
    keepShopper(id);
  } catch {
    throw new Error("This browser keeps nothing for this page, so I cannot know you again. Allow it to store site data.");
  }
  try {
    await api.giveConsent(id);
  } catch (error) {
    if (!known) dropShopper();
    throw error;
  }
  return "Switched on: from now on I keep what you tell me about yourself.";
}

async function switchOff(id) {
  const { swept } = await api.withdrawConsent(id);
  dropShopper();
  begin();
  return gone("Switched off. What I knew about you is deleted", swept);
}

// ── what is known ──

function knownPart(view, id, { consent, preferences }) {
  const empty = consent === null ? "Nothing is kept about you." : EMPTY;
  return h(
    "section",
    { class: "part" },
    h("h3", { id: "memory-known", tabindex: "-1" }, "What I know"),
    preferences.length
      ? h("ul", { class: "known" }, preferences.map((one) => knownItem(view, id, one, preferences)))
      : h("p", { class: "hint" }, empty),
  );
}

function knownItem(view, id, one, all) {
  const until = one.expires === null ? "kept until you forget it" : `kept until ${day(one.expires)}`;
  const others = all.filter((other) => other !== one && other.session_id === one.session_id && other.turn === one.turn);
  const forget = () => act(view, () => forgetOne(id, one));
  const button = h("button", { type: "button", class: "outline", "aria-label": `Forget: ${one.value}` }, "Forget");
  const item = h(
    "li",
    {},
    h("div", {}, h("p", { class: "what" }, h("span", {}, `${KINDS[one.kind] ?? "Also"} `), one.value), h("p", {}, h("q", {}, one.quote)), h("p", { class: "byline" }, `Said ${day(one.at)}, ${until}`)),
    button,
  );
  button.addEventListener("click", () => {
    if (!others.length) return forget();
    const named = others.map((other) => `“${other.value}”`).join(" and ");
    sure(item, button, `The message that said it is deleted, and it said ${named} as well. Forget all of that?`, "Forget all of it", forget);
  });
  return item;
}

async function forgetOne(id, one) {
  const { swept } = await api.forgetPreference(id, one.id);
  dropSaid(one.quote);
  return gone(`“${one.value}” and the message that said it are deleted`, swept);
}

// ── what is looked at ──

function eventsPart() {
  const input = h("input", { type: "checkbox", role: "switch", id: "events-switch", "aria-describedby": "events-hint" });
  input.checked = !askedNotTo() && !switchedOff();
  input.disabled = askedNotTo();
  input.addEventListener("change", () => {
    try {
      switchEvents(input.checked);
    } catch {
      input.checked = false;
    }
  });
  const hint = askedNotTo()
    ? "Your browser asks shops not to follow what you look at, and this one does not."
    : "The shop counts searches and products that are opened, under an id that ends with this visit.";
  return h("section", { class: "part" }, h("label", { class: "switch" }, input, "Count what I look at"), h("p", { class: "hint", id: "events-hint" }, hint));
}

// ── all of it ──

function dataPart(view, id) {
  const part = h("section", { class: "part" }, h("h3", {}, "Your data"));
  const actions = h("div", { class: "actions" });
  const add = (label, question, yes, work) => {
    const button = h("button", { type: "button", class: "outline" }, label);
    button.addEventListener("click", () => (question ? sure(part, button, question, yes, () => act(view, work)) : act(view, work, "memory-download")));
    actions.append(button);
    return button;
  };
  const session = conversation();
  if (id) add("Download my data", "", "", () => download(id)).id = "memory-download";
  if (session) add("Forget this conversation", "Delete this conversation, its cart, and what you told me in it?", "Delete it", () => forgetConversation(session));
  if (id) add("Forget everything", "Delete all your conversations, carts and what I know about you? This cannot be undone.", "Delete everything", () => forgetAll(id, session));
  part.append(actions.hasChildNodes() ? actions : h("p", { class: "hint" }, "There is nothing to download or to forget yet."));
  return part;
}

async function download(id) {
  const text = JSON.stringify(await api.exported(id), null, 2);
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: "what-the-shop-remembers.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  return "Your data is on its way to your downloads.";
}

async function forgetConversation(session) {
  const { swept } = await api.forgetSession(session);
  dropVisit();
  begin();
  return gone("The conversation is deleted", swept);
}

async function forgetAll(id, session) {
  const done = [await api.forgetShopper(id)];
  if (session) done.push(await api.forgetSession(session)); // one that began before the switch was on
  dropShopper();
  dropVisit();
  begin();
  return gone("Everything is deleted", done.every(({ swept }) => swept));
}

// ── words ──

const gone = (what, swept) => (swept ? `${what}, from the shop's files too.` : `${what}. The last traces in the shop's files go with its next clean-up.`);

const day = (seconds) => new Date(seconds * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });

function inWords(error) {
  if (error instanceof api.Problem) return [error.message, error.remedy].filter(Boolean).join(". ");
  return error instanceof TypeError ? "The shop cannot be reached. Try again in a moment." : error.message;
}
