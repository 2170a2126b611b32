// Line icons on a 24 x 24 grid, drawn in the colour of the text around them.

import { svg } from "./dom.js";

const PATHS = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.5 15.5 20 20",
  close: "M6 6l12 12M18 6 6 18",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
  send: "M12 19.5V5M5.5 11.5 12 5l6.5 6.5",
  stop: "M7.5 7.5h9v9h-9Z",
  print: "M7 9V4h10v5M7 17H5a1 1 0 0 1-1-1v-5.5A1.5 1.5 0 0 1 5.5 9h13a1.5 1.5 0 0 1 1.5 1.5V16a1 1 0 0 1-1 1h-2M7 14h10v6H7Z",
  path: "M6 5.5a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6ZM18 15a1.8 1.8 0 1 1 0 3.6A1.8 1.8 0 0 1 18 15ZM7.8 7.3H14a3 3 0 0 1 0 6h-4a3 3 0 0 0 0 6h6",
  document: "M7 3.5h7l4 4v13H7ZM14 3.5v4h4M10 12h5M10 15.5h5",
  link: "M10 14 20 4M14 4h6v6M18 14v6H4V6h6",
  bag: "M5 9h14l-1.2 10.5H6.2ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
};

/** An icon by name, hidden from screen readers: its button carries the label. */
export function icon(name) {
  return svg(
    "svg",
    {
      class: "icon", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.7",
      "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false",
    },
    svg("path", { d: PATHS[name] }),
  );
}
