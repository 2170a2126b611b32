// Words for the values that a trace is made of: filters, strategies, tools, durations.

/** A filter object in words: "Weight up to 2 kg". */
export function filterWords({ field, op, values, low, high, unit }) {
  const name = fieldWords(field);
  if (op === "range") {
    const end = unit ? ` ${unit}` : "";
    if (low === null || low === undefined) return `${name} up to ${high}${end}`;
    if (high === null || high === undefined) return `${name} from ${low}${end}`;
    return `${name} ${low} to ${high}${end}`;
  }
  if (field === "on_sale") return (values[0] === "true") === (op === "is") ? "On sale" : "Not on sale";
  const said = values.map((value) => PLAIN[value] ?? value.replaceAll("_", " ")).join(" or ");
  return op === "is" ? `${name}: ${said}` : `${name}: not ${said}`;
}

const PLAIN = { true: "yes", false: "no" };

/** A field's name: "attr:waterproof_rating" is "Waterproof rating". */
export function fieldWords(field) {
  const name = field.replace(/^attr:/, "").replaceAll("_", " ").trim();
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export const STRATEGIES = {
  answer: "Answer the question",
  search: "Search the catalogue",
  ask: "Ask back",
  compare: "Compare",
  recommend: "Recommend",
  bundle: "Put a set together",
  browse: "Show the range",
  serve: "Help with an order or a policy",
  hand_over: "Hand over to a person",
  decline: "Decline",
};

export const PARTS = {
  rewrite: "Read the message",
  intent: "Choose a strategy",
  reason: "Split the need",
  plan: "Plan and run the tools",
  evidence: "Pick the evidence",
  wording: "Write the answer",
  verify: "Check each sentence",
  context: "Pack the history",
  recommend: "Recommend",
};

/** A span's or tool's name: "tool:search" is "search". */
export const partWords = (name) => PARTS[name] ?? name.replace(/^tool:/, "").replaceAll("_", " ");

/** A duration: "0.4 ms", "12 ms", "1.3 s". */
export function duration(seconds) {
  if (seconds >= 1) return `${seconds.toFixed(1)} s`;
  const milliseconds = seconds * 1000;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** Code points, not UTF-16 units: spans count as Python does. */
export const slice = (text, start, end) => Array.from(text).slice(start, end).join("");
