// What the page shows, kept in the address: query, filters, order, and the product or document that is open.
// Every link can be shared, and Back and Forward work, because rendering follows the address and nothing else.

const SORTS = ["relevance", "price_asc", "price_desc", "rating", "newest"];
const listeners = [];
let current = read();

/** The state now: `{q, literal, f, sort, product, doc}`; `literal`: search for `q` as it was typed. */
export const state = () => current;

/** Change part of the state. `replace`: overwrite the current history entry instead of adding one. */
export function go(change, { replace = false } = {}) {
  const next = { ...current, ...change };
  if (next.q !== current.q && !change.literal) next.literal = false;
  const address = href(next);
  if (address === href(current)) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  moveTo(next);
}

/** Be told of changes as `(now, before)`. */
export const onChange = (listener) => listeners.push(listener);

/** The address of a state, e.g. for links. */
export function href(change = {}) {
  const { q, literal, f, sort, product, doc } = { ...current, ...change };
  const params = new URLSearchParams();
  if (q) params.set("q", q);
  if (q && literal) params.set("literal", "true");
  for (const filter of f) params.append("f", filter);
  if (sort !== "relevance") params.set("sort", sort);
  if (product) params.set("product", product);
  if (doc) params.set("doc", doc);
  const query = params.toString();
  return location.pathname + (query ? `?${query}` : "");
}

/** Whether two states find the same products. */
export const sameSearch = (one, other) =>
  one.q === other.q && one.literal === other.literal && one.sort === other.sort && one.f.join("\n") === other.f.join("\n");

function read() {
  const params = new URLSearchParams(location.search);
  const sort = params.get("sort");
  return {
    q: (params.get("q") ?? "").slice(0, 500),
    literal: params.get("literal") === "true",
    f: params.getAll("f").slice(0, 32),
    sort: SORTS.includes(sort) ? sort : "relevance",
    product: params.get("product") || null,
    doc: params.get("doc") || null,
  };
}

function moveTo(next) {
  const before = current;
  current = next;
  for (const listener of listeners) listener(current, before);
}

addEventListener("popstate", () => moveTo(read()));
