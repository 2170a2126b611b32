// Building elements without ever parsing text as markup: every string child becomes a text node, so a feed's
// `<script>` is shown, never run. There is no innerHTML anywhere on this page.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `props`: `class`, `on: {event: listener}`, `dataset: {...}`, `text`, else attributes
 * (true: present without value; false, null, undefined: absent). Children: nodes, strings, arrays; empty ones are skipped.
 */
export function h(tag, props = {}, ...children) {
  return build(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props = {}, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(present));
  return element;
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** An address that may be followed: http, https or one of this site; null for any other (javascript:, data: ...). */
export function safeUrl(url) {
  if (!url) return null;
  try {
    const parsed = new URL(url, location.href);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
  } catch {
    return null;
  }
}

/** Say something to a screen reader. */
export function announce(text) {
  byId("announce").textContent = text;
}

/** Whether the shopper asked for little motion. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Bring an element into view, without gliding when motion is not wanted. */
export function reveal(element, block = "center") {
  element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });
}

const present = (child) => child !== null && child !== undefined && child !== false && child !== "";

function build(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "text") element.textContent = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter(present));
  return element;
}
