// Sums and questions before something is changed: what things cost together, and exactly what a yes would do.

import { productLink } from "./cards.js";
import { h } from "./dom.js";

/** A basket, a cart or a total: its lines, what comes on top, and the sum. All amounts come as text. */
export function billTable(bill) {
  return h(
    "figure",
    { class: bill.over ? "bill over" : "bill" },
    h(
      "table",
      {},
      h("caption", {}, bill.title),
      h("tbody", {}, bill.lines.map(([id, title, count, amount]) => line([count > 1 && `${count} × `, productLink(id, title)], amount))),
      h(
        "tfoot",
        {},
        bill.rows.map(([words, amount]) => line(words, amount)),
        line("Together", bill.total || "not stated", "sum"),
        bill.budget && line("Your budget", bill.budget),
        bill.over && line("More than your budget by", bill.over, "missed"),
      ),
    ),
  );
}

/** What waits for a yes. */
export function approvalList(approval) {
  const changes = approval.changes.map(({ what, before, after }) =>
    h("div", {}, h("dt", {}, what), h("dd", {}, before && [h("s", {}, before), " → "], h("strong", {}, after))),
  );
  return h(
    "section",
    { class: "approval", "aria-label": "To be confirmed" },
    h("h4", {}, "This will change"),
    changes.length ? h("dl", {}, changes) : h("p", {}, approval.summary),
  );
}

const line = (words, amount, kind = null) => h("tr", { class: kind }, h("th", { scope: "row" }, words), h("td", {}, amount));
