// Dialogs on the browser's own <dialog>: the rest of the page is inert, Esc closes, focus returns where it was.
// Tab is kept inside also where a browser would walk out to its toolbar.

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Open a dialog. `kind` names its style ("sheet" in the middle, "drawer" at the side); `onClose` runs once, however it
 * is closed. Returns `{body, close, setTitle}`.
 */
export function openDialog({ kind, title, onClose = () => {} }) {
  const heading = h("h2", { id: `dialog-title-${++opened}`, tabindex: "-1" }, title);
  const body = h("div", { class: "dialog-body" });
  const dialog = h(
    "dialog",
    { class: `dialog ${kind}`, "aria-labelledby": heading.id },
    h(
      "div",
      { class: "dialog-head" },
      heading,
      h("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => dialog.close() } }, icon("close")),
    ),
    body,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", keepInside);
  document.body.append(dialog);
  dialog.showModal();
  heading.focus({ preventScroll: true });
  return { body, close: () => dialog.open && dialog.close(), setTitle: (text) => fill(heading, text) };
}

/** Whether a dialog is open. */
export const anyDialog = () => document.querySelector("dialog[open]") !== null;

let opened = 0;

function keepInside(event) {
  if (event.key !== "Tab") return;
  const stops = [...event.currentTarget.querySelectorAll("a[href], button:not(:disabled), input, select, textarea, summary, [tabindex='0']")]
    .filter((element) => element.checkVisibility());
  const [first, last] = [stops[0], stops.at(-1)];
  const here = document.activeElement;
  const outward = event.shiftKey ? here === first || !stops.includes(here) : here === last;
  if (!outward || !first) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
