// A question before something is deleted, in words and in the page: no window that a browser may suppress.

import { h } from "./dom.js";

/** Ask under `place`. `agreed` runs on `yes`; No leaves all as it was and focuses `from`, the control that asked. */
export function sure(place, from, question, yes, agreed) {
  document.querySelector(".sure")?.remove();
  const keep = () => {
    asked.remove();
    from.focus();
  };
  const no = h("button", { type: "button", class: "quiet", on: { click: keep } }, "No, keep it");
  const asked = h(
    "div",
    { class: "sure", role: "group", "aria-label": question },
    h("p", {}, question),
    h("button", { type: "button", class: "outline", on: { click: agreed } }, yes),
    no,
  );
  place.append(asked);
  no.focus(); // so that a second Enter deletes nothing
}
