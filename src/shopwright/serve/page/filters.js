// Filters in their compact form (`brand:is:Fellrunner|Tarn`, `price:range:10..80`), as the API and the address hold them.

const SHAPE = /^(attr:.+?|[a-z_]+):(is|not|range):([\s\S]*)$/;

/** `{field, op, values}` of a filter; `values` are unescaped texts, or `[low, high, unit]` strings for a range. */
export function parse(filter) {
  const [, field, op, rest] = SHAPE.exec(filter) ?? [null, "", "", ""];
  if (op === "range") {
    const [, low = "", high = "", unit = ""] = /^\s*(-?[\d.]*?\d)?\s*\.\.\s*(-?\d[\d.]*)?\s*(.*)$/.exec(rest) ?? [];
    return { field, op, values: [low, high, unit] };
  }
  const values = (rest.match(/(?:\\.|[^|\\])+/gs) ?? []).map((value) => value.replace(/\\(.)/gs, "$1"));
  return { field, op, values };
}

/** The values ticked in a field. */
export function ticked(filters, field) {
  return filters.map(parse).filter((one) => one.field === field && one.op === "is").flatMap((one) => one.values);
}

/** The bounds set in a field, as `[low, high]` strings. */
export function bounds(filters, field) {
  const found = filters.map(parse).find((one) => one.field === field && one.op === "range");
  return found ? found.values.slice(0, 2) : ["", ""];
}

/** The filters with `values` ticked in a field instead of what was. */
export function withValues(filters, field, values) {
  const rest = filters.filter((one) => parse(one).field !== field || parse(one).op !== "is");
  const escaped = values.map((value) => value.replaceAll("\\", "\\\\").replaceAll("|", "\\|"));
  return values.length ? [...rest, `${field}:is:${escaped.join("|")}`] : rest;
}

/** The filters with other bounds in a field; empty strings mean none. */
export function withBounds(filters, field, low, high, unit = "") {
  const rest = filters.filter((one) => parse(one).field !== field || parse(one).op !== "range");
  if (low !== "" && high !== "" && Number(low) > Number(high)) [low, high] = [high, low];
  return low || high ? [...rest, `${field}:range:${low}..${high}${unit}`] : rest;
}
