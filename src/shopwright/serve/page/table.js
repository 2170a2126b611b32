// The comparison table: one column a product, one row a property; printable by itself.

import { productLink } from "./cards.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

/** A comparison with its controls. */
export function comparison(table) {
  const same = (cells) => cells.every((cell) => cell === cells[0]);
  const someSame = table.rows.some(([, cells]) => same(cells));
  const grid = draw(table, same);
  const onlyDifferences = h("label", { class: "tick" },
    h("input", { type: "checkbox", on: { change: (event) => grid.classList.toggle("differences", event.target.checked) } }),
    h("span", {}, "Only differences"));
  return h(
    "figure",
    { class: "comparison" },
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Comparison" }, grid),
    h(
      "figcaption",
      {},
      someSame && table.rows.length > 2 && onlyDifferences,
      h("button", { type: "button", class: "quiet", on: { click: () => print(table, same) } }, icon("print"), "Print"),
    ),
  );
}

function draw(table, same) {
  return h(
    "table",
    { class: "compare" },
    h("caption", { class: "sr-only" }, `Comparison of ${table.headers.join(", ")}`),
    h(
      "thead",
      {},
      h("tr", {}, h("td", {}), table.headers.map((title, at) => h("th", { scope: "col" }, productLink(table.product_ids[at], title)))),
    ),
    h(
      "tbody",
      {},
      table.rows.map(([name, cells]) =>
        h(
          "tr",
          { class: same(cells) ? "same" : null },
          h("th", { scope: "row" }, name),
          cells.map((cell) => h("td", {}, cell ?? h("span", { class: "unknown" }, "not stated"))),
        ),
      ),
    ),
  );
}

/** Print the table on a sheet of its own. */
function print(table, same) {
  const sheet = h("div", { class: "print-sheet" }, h("h1", {}, document.title), draw(table, same), h("p", {}, new Date().toLocaleDateString()));
  document.body.append(sheet);
  document.body.dataset.print = "sheet";
  addEventListener(
    "afterprint",
    () => {
      sheet.remove();
      delete document.body.dataset.print;
    },
    { once: true },
  );
  window.print();
}
