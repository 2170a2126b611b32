// The shop's documents: a list, and one in full with the cited passage marked. Markdown headings, lists, emphasis and
// links are understood; anything else is shown as it stands.

import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { byId, fill, h, reveal, safeUrl } from "./dom.js";
import { icon } from "./icons.js";
import { go, href, onChange, state } from "./state.js";

const KINDS = { policy: "Policies", faq: "Questions", guide: "Buying guides", page: "More" };
let dialog = null;
let loading = null;
let cited = null;

/** Follow the address, and wire up the button that lists the documents. */
export function startDocuments() {
  byId("open-documents").addEventListener("click", () => go({ doc: "all" }));
  onChange((now, before) => now.doc !== before.doc && show(now.doc));
  if (state().doc) show(state().doc);
}

/** Open a document at the section and the words that a citation names. */
export function openPassage(id, section, text) {
  cited = { section, text };
  if (state().doc === id) show(id);
  else go({ doc: id });
}

async function show(id) {
  loading?.abort();
  if (!id) {
    const closing = dialog;
    dialog = null;
    closing?.close();
    return;
  }
  const { signal } = (loading = new AbortController());
  dialog ??= openDialog({ kind: "sheet", title: "Help & guides", onClose: closed });
  fill(dialog.body, h("p", { class: "loading" }, "Fetching the text"));
  try {
    if (id === "all") await showList();
    else await showText(id, signal);
    dialog.body.scrollTop = 0;
    markCited(dialog.body);
  } catch (error) {
    if (error.name === "AbortError") return;
    dialog.setTitle(error.status === 404 ? "No such document" : "The text did not load");
    fill(dialog.body, h("p", { class: "empty" }, error.message));
  }
}

function closed() {
  loading?.abort();
  cited = null;
  if (dialog === null) return;
  dialog = null;
  go({ doc: null });
}

async function showList() {
  const { documents } = await api.documents();
  dialog.setTitle("Help & guides");
  const link = (one) =>
    h("li", {}, h("a", { href: href({ doc: one.id }), on: { click: (event) => open(event, one.id) } }, icon("document"), one.title));
  const groups = Object.entries(KINDS)
    .map(([kind, label]) => [label, documents.filter((one) => (KINDS[one.kind] ? one.kind : "page") === kind)])
    .filter(([, list]) => list.length);
  fill(
    dialog.body,
    groups.length
      ? groups.map(([label, list]) => h("section", { class: "part" }, h("h3", {}, label), h("ul", { class: "document-list" }, list.map(link))))
      : h("p", { class: "empty" }, "This shop has no documents yet."),
  );
}

function open(event, id) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go({ doc: id });
}

async function showText(id, signal) {
  const { document: found } = await api.documentText(id, signal);
  dialog.setTitle(found.title);
  const facts = [KINDS[found.kind] && found.kind, found.updated && `updated ${found.updated}`].filter(Boolean).join(" · ");
  fill(
    dialog.body,
    facts && h("p", { class: "byline" }, facts),
    h("div", { class: "prose" }, markdown(found.text, found.title)),
    h("p", { class: "suggestions" }, h("button", { type: "button", class: "outline", on: { click: () => go({ doc: "all" }) } }, "All documents")),
  );
}

/** Plain text with Markdown marks as elements. The first heading is dropped where it repeats the title. */
export function markdown(text, title = "") {
  const out = [];
  for (const block of text.split(/\n\s*\n|\n(?=#{1,6} )|(?<=^#{1,6} .*)\n/m)) {
    const heading = /^(#{1,6}) +(.*)/.exec(block.trim());
    const lines = block.split("\n").filter((line) => line.trim());
    if (heading && !(out.length === 0 && heading[2].trim() === title)) {
      out.push(h(heading[1].length < 3 ? "h3" : "h4", {}, inline(heading[2])));
    } else if (lines.length && !heading) {
      out.push(...listsAndParagraphs(lines));
    }
  }
  return out;
}

function listsAndParagraphs(lines) {
  const out = [];
  for (const line of lines) {
    const [, bullet, number, item] = /^\s*(?:([-*+])|(\d+[.)]))\s+(.*)/.exec(line) ?? [];
    const tag = bullet ? "ul" : number ? "ol" : "p";
    const last = out.at(-1);
    if (tag === "p") {
      if (last?.localName === "p") last.append(" ", ...inline(line.trim()));
      else if (last && /^\s{2,}/.test(line)) last.lastElementChild.append(" ", ...inline(line.trim()));
      else out.push(h("p", {}, inline(line.trim())));
    } else if (last?.localName === tag) last.append(h("li", {}, inline(item)));
    else out.push(h(tag, {}, h("li", {}, inline(item))));
  }
  return out;
}

function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|\*[^*\s][^*]*\*|`[^`]+`|\[[^\]]+\]\([^)\s]+\))/).map((part) => {
    if (/^\*\*[^*]+\*\*$/.test(part)) return h("strong", {}, part.slice(2, -2));
    if (/^\*[^*]+\*$/.test(part)) return h("em", {}, part.slice(1, -1));
    if (/^`[^`]+`$/.test(part)) return h("code", {}, part.slice(1, -1));
    const [, label, target] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part) ?? [];
    if (!label) return part;
    return /^https?:/i.test(target) && safeUrl(target) ? h("a", { href: safeUrl(target), rel: "noopener noreferrer", target: "_blank" }, label) : label;
  });
}

function markCited(body) {
  if (!cited) return;
  const flat = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const words = flat(cited.text ?? "");
  const section = flat((cited.section ?? "").split(/[>›/]/).at(-1));
  cited = null;
  const blocks = [...body.querySelectorAll("p, li")];
  const said = words && blocks.filter((one) => flat(one.textContent).length > 8 && (words.includes(flat(one.textContent)) || flat(one.textContent).includes(words)));
  const heading = section && [...body.querySelectorAll("h3, h4")].find((one) => flat(one.textContent) === section);
  const targets = said?.length ? said : heading ? [heading] : [];
  for (const target of targets) target.classList.add("cited");
  if (targets.length) reveal(targets[0]);
}
