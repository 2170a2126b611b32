// Suggestions below the search field: an ARIA combobox with a list (APG, "Editable Combobox With List Autocomplete").
// Focus stays in the field; arrows move through the list, Enter or a tap takes a suggestion, Escape closes the list.
// The list lies over the page, so nothing moves when it opens.

import * as api from "./api.js";
import { announce, byId, fill, h } from "./dom.js";

const PAUSE_MS = 80;
const SHOWN = 8;

/**
 * Offer suggestions while `field` is typed in. `take(text)` is called with the one that was picked, `leave()` when the
 * list was closed without one. Returns `undecided()`, which says whether it is too early to search for what is typed.
 */
export function startSuggestions(field, { take, leave }) {
  const list = h("ul", { id: "suggest-list", class: "suggest", role: "listbox", "aria-label": "Suggestions", hidden: true });
  field.after(list);
  for (const [name, value] of [
    ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id],
  ]) field.setAttribute(name, value);

  let timer = 0;
  let asked = null; // the request under way; a newer one ends it
  let looking = null; // settles when the last request was answered
  let texts = [];
  let active = -1;
  let typed = "";

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    asked = null;
    list.hidden = true;
    texts = [];
    mark(-1);
    field.setAttribute("aria-expanded", "false");
  };

  const mark = (place) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const pick = (text) => {
    close();
    field.value = text;
    take(text);
  };

  const option = ({ text, parts }, at) =>
    h(
      "li",
      { id: `suggest-${at}`, role: "option", "aria-selected": "false", "aria-label": text, on: { click: () => pick(text) } },
      parts.map(([piece, known]) => (known ? piece : h("b", {}, piece))),
    );

  const show = (suggestions) => {
    texts = suggestions.map((one) => one.text);
    fill(list, suggestions.map(option));
    mark(-1);
    list.hidden = texts.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (texts.length) announce(`${texts.length} ${texts.length === 1 ? "suggestion" : "suggestions"}`);
  };

  const look = async () => {
    asked?.abort();
    const mine = (asked = new AbortController());
    typed = field.value;
    try {
      const { suggestions } = await api.suggest(typed, SHOWN, mine.signal);
      if (mine === asked && document.activeElement === field) show(suggestions);
    } catch {
      if (mine === asked) close(); // suggestions are a help: without them the field works as ever
    }
  };

  /** A suggestion is being looked at, or the last word goes on in one and stands whole in none. */
  const undecided = async () => {
    await looking;
    if (active >= 0) return true;
    const word = wordsOf(typed).at(-1);
    const offered = texts.flatMap(wordsOf).filter((known) => known.startsWith(word));
    return word !== "" && offered.length > 0 && !offered.includes(word);
  };

  const move = (step) => {
    const places = texts.length + 1; // the last one is the field itself
    const next = (((active < 0 ? texts.length : active) + step + places) % places);
    mark(next === texts.length ? -1 : next);
    field.value = active < 0 ? typed : texts[active];
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (!field.value.trim()) close();
    else timer = setTimeout(() => (looking = look()), PAUSE_MS);
  });
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("mousedown", (event) => event.preventDefault());
  field.form.addEventListener("submit", close);

  // Before the page's own keys, which get a key only when the list has no use for it.
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (list.hidden) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) move(steps[event.key]);
    else if (event.key === "Enter" && active >= 0) pick(texts[active]);
    else if (event.key === "Escape") {
      field.value = typed;
      close();
      leave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return undecided;
}

/** Its words in lower case; the last is "" when a space or mark follows the last word. */
const wordsOf = (text) => text.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u);
