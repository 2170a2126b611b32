// Tells the shop what was searched for, for the merchant's report: not the letters on the way, but what the shopper
// came to rest at, sent off or opened a product of. A query counts once a visit; one that is searched as it was typed
// has counted before it was corrected. Nothing but the words is sent
// for it.

import * as api from "./api.js";
import { note } from "./events.js";
import { state } from "./state.js";

const REST_MS = 3000;
const counted = new Set();
let timer = 0;

/** The search stands: count it now. */
export function countNow() {
  clearTimeout(timer);
  const { q, literal } = state();
  const text = q.trim().toLowerCase();
  if (!text || literal || counted.has(text)) return;
  counted.add(text);
  note("search", { query: q.trim() });
  api.count(q).catch(() => counted.delete(text)); // it is counted when it stands again, or not at all
}

/** The search has changed: count it if it is still there after a while. */
export function countSoon() {
  clearTimeout(timer);
  timer = setTimeout(countNow, REST_MS);
}
