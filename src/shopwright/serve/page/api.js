// The API as this page uses it. Refusals become `Problem`s with the server's own words.

/** A refusal: `message` says what was refused, `remedy` (or null) what to do. */
export class Problem extends Error {
  constructor(body, status) {
    super(body?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.remedy = body?.remedy ?? null;
  }
}

/** A page of results for `{q, literal, f, sort}`. */
export function search({ q, literal, f, sort }, { offset = 0, limit = 24, facets = false, signal } = {}) {
  const params = new URLSearchParams({ q, sort, offset, limit, facets, explain: q !== "" });
  if (literal) params.set("literal", "true");
  for (const filter of f) params.append("f", filter);
  return getJson(`/api/search?${params}`, signal);
}

/** Count a search in the merchant's report: once for a query that a shopper meant, not for what it was on the way. */
export const count = (q) => getJson(`/api/search?${new URLSearchParams({ q, limit: 1, log: true })}`);

/** What `q`, typed so far, may become. */
export const suggest = (q, limit, signal) => getJson(`/api/suggest?${new URLSearchParams({ q, limit })}`, signal);

/** What somebody may like, and what is never to be shown to them again; see `RecommendForm` and `NeverForm`. */
export const recommend = (asked, signal) => getJson("/api/recommend", signal, "POST", asked);
export const never = (refused) => getJson("/api/recommend/never", null, "POST", refused);
export const again = (allowed) => getJson(`/api/recommend/never?${new URLSearchParams(allowed)}`, null, "DELETE");

export const product = (id, signal) => getJson(`/api/products/${encodeURIComponent(id)}`, signal);
export const documents = () => getJson("/api/documents");
export const documentText = (id, signal) => getJson(`/api/documents/${encodeURIComponent(id)}`, signal);
export const shop = () => getJson("/api/shop");

const ofShopper = (id, path = "") => `/api/shoppers/${encodeURIComponent(id)}${path}`;

/** What is kept about a shopper: `{consent, preferences}`. */
export const memory = (id) => getJson(ofShopper(id, "/memory"));
export const exported = (id) => getJson(ofShopper(id, "/export"));
export const giveConsent = (id) => getJson(ofShopper(id, "/consent"), null, "PUT");

/** What forgets answers with `{rows, swept}`. */
export const withdrawConsent = (id) => getJson(ofShopper(id, "/consent"), null, "DELETE");
export const forgetPreference = (id, key) => getJson(ofShopper(id, `/preferences/${encodeURIComponent(key)}`), null, "DELETE");
export const forgetShopper = (id) => getJson(ofShopper(id), null, "DELETE");
export const forgetSession = (id) => getJson(`/api/sessions/${encodeURIComponent(id)}`, null, "DELETE");

/**
 * The events of one turn, `{kind, data}` each, as the server sends them. Aborting `signal` stops the work there.
 * `shopper`: the id of who talks, or null.
 */
export async function* turn(message, sessionId, shopper, signal) {
  const response = await fetch("/api/chat", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ message, session_id: sessionId ?? undefined, shopper: shopper ?? undefined }),
    signal,
  });
  if (!response.ok) throw new Problem(await json(response), response.status);
  for await (const event of events(response.body)) {
    if (event.kind === "error") throw new Problem(event.data, event.data.status);
    yield event;
  }
}

/** Split a byte stream into server-sent events (HTML Living Standard, section 9.2). Comments are heartbeats. */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value;
      for (let gap; (gap = /\r\n\r\n|\n\n|\r\r/.exec(buffer)); ) {
        const event = parse(buffer.slice(0, gap.index));
        buffer = buffer.slice(gap.index + gap[0].length);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  let kind = "message";
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (name === "event") kind = value;
    else if (name === "data") data.push(value);
  }
  return data.length ? { kind, data: JSON.parse(data.join("\n")) } : null;
}

async function getJson(path, signal, method = "GET", sent = null) {
  const headers = { Accept: "application/json", ...(sent && { "Content-Type": "application/json" }) };
  const response = await fetch(path, { method, headers, body: sent && JSON.stringify(sent), signal });
  const body = await json(response);
  if (!response.ok) throw new Problem(body, response.status);
  return body;
}

const json = (response) => response.json().catch(() => null);
