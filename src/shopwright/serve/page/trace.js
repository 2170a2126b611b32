// "How I got this": the need as it was read, the strategy, the plan, the tools, the evidence, what was taken out, and
// the time that each part took.

import { openDialog } from "./dialog.js";
import { fill, h } from "./dom.js";
import { isRef, planGraph } from "./graph.js";
import { duration, fieldWords, filterWords, partWords, slice, STRATEGIES } from "./words.js";

/** Open the drawer of a turn. `openSource(evidence)` shows where a fact comes from. */
export function openTrace(turn, openSource) {
  const { trace, answer } = turn;
  const { body } = openDialog({ kind: "drawer", title: "How I got this" });
  fill(
    body,
    part("The need, as read", quoted(turn.message, trace.need), needChips(turn.message, trace.need)),
    part("The strategy", strategy(trace.decision)),
    part("The plan", trace.plan.steps.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Plan" }, planGraph(trace.plan, trace.results)) : none("No tool was needed.")),
    trace.plan.steps.length > 0 && part("The tools", tools(trace)),
    part("The evidence", answer.evidence.length ? evidence(answer, openSource) : none("The answer states no facts.")),
    part("Taken out by the check", trace.removed.length ? h("ul", { class: "removed" }, trace.removed.map((text) => h("li", {}, h("s", {}, text)))) : none("Nothing: every sentence was supported.")),
    faults(trace).length > 0 && part("What the check found", h("ul", { class: "removed" }, faults(trace).map(verdict))),
    part(`The time: ${duration(trace.seconds)}`, timeline(trace)),
  );
}

const part = (title, ...content) => h("section", { class: "part" }, h("h3", {}, title), ...content);
const none = (text) => h("p", { class: "none" }, text);
const real = ([start, end]) => end > start;

/** The verdicts on what is not supported; turns of an older version have none. */
const faults = (trace) => (trace.verdicts ?? []).filter((one) => !["supported", "empty"].includes(one.label));

/** A claim with its unsupported words marked, and why. */
function verdict({ claim, marks, reason }) {
  const pieces = [];
  let at = 0;
  for (const { start, end, told } of marks) {
    if (start < at) continue;
    pieces.push(slice(claim.text, at, start), h("mark", { title: told ? `The evidence says ${told}` : null }, slice(claim.text, start, end)));
    at = end;
  }
  return h("li", {}, pieces, slice(claim.text, at), h("p", { class: "byline" }, reason));
}

/** The message with the words marked that a constraint was read from. */
function quoted(message, need) {
  const spans = need.constraints.map((one) => one.span).filter(real).sort((one, other) => one[0] - other[0]);
  const pieces = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (start < at) continue;
    pieces.push(slice(message, at, start), h("mark", {}, slice(message, start, end)));
    at = end;
  }
  return h("blockquote", {}, pieces, slice(message, at));
}

function needChips(message, need) {
  const from = (span) => (real(span) ? `“${slice(message, ...span)}”` : "from earlier");
  const chips = [
    need.goal && ["Looking for", need.goal],
    ...need.constraints.map((one) => ["Condition", filterWords(one.filter), `${from(one.span)}${one.confidence < 1 ? `, ${Math.round(one.confidence * 100)} % sure` : ""}`]),
    ...need.negations.map((word) => ["Not about", word]),
    need.budget && ["Budget in all", `${need.budget.amount} ${need.budget.currency}`],
    need.recipient && ["For", need.recipient],
    need.occasion && ["Occasion", need.occasion],
    need.quantity && ["How many", String(need.quantity)],
    ...(need.fits ?? []).map((thing) => ["Must fit", thing]),
    ...(need.services ?? []).map((service) => ["Service", service.replaceAll("_", " ")]),
    need.voucher && ["Voucher", voucherWords(need.voucher)],
    need.sort && ["Order", need.sort.replaceAll("_", " ")],
    need.references.length && ["Refers to", need.references.join(", ")],
    ...need.asks.map((ask) => ["Asks about", fieldWords(ask).replace(":", ": ")]),
    need.follow_up && ["Follows up", "on earlier messages"],
  ].filter(Boolean);
  return h("dl", { class: "need" }, chips.map(([label, value, source]) => h("div", {}, h("dt", {}, label), h("dd", {}, value, source && h("span", { class: "source" }, source)))));
}

function voucherWords({ amount, share, cap, threshold, same_shop }) {
  const less = share === null ? amount !== null && `${amount} off` : `${Math.round(share * 1000) / 10} % off`;
  const parts = [less, cap !== null && `at most ${cap}`, threshold !== null && `above ${threshold}`, same_shop && "one shop"];
  return parts.filter(Boolean).join(", ");
}

function strategy(decision) {
  const odds = decision.propensity < 1 ? `, chosen with probability ${decision.propensity.toFixed(2)}` : "";
  return [
    h("p", {}, h("strong", {}, STRATEGIES[decision.strategy] ?? decision.strategy), decision.reason && `: ${decision.reason}`),
    h("p", { class: "byline" }, `Policy “${decision.policy}”${odds}`),
  ];
}

function tools(trace) {
  const outcome = new Map(trace.results.map((result) => [result.step, result]));
  const first = Math.min(...trace.results.map((result) => result.started_s));
  const longest = Math.max(1e-6, ...trace.results.map((result) => result.ended_s - first));
  return h(
    "ol",
    { class: "tools" },
    trace.plan.steps.map((step) => {
      const result = outcome.get(step.id);
      return h(
        "li",
        {},
        h("p", { class: "tool-head" }, h("strong", {}, step.tool.replaceAll("_", " ")), h("span", { class: "took" }, result ? duration(result.ended_s - result.started_s) : "not run")),
        result && bar(result.started_s - first, result.ended_s - first, longest, result.error ? "bar failed" : "bar"),
        h("p", { class: "arguments" }, callWords(step.arguments)),
        result?.error && h("p", { class: "note failed" }, result.error, result.attempts > 1 && ` (${result.attempts} tries)`),
        result?.value !== null && result?.value !== undefined && returned(result.value),
      );
    }),
  );
}

function returned(value) {
  const text = JSON.stringify(value, null, 1);
  const shown = text.length > 3000 ? `${text.slice(0, 3000)}\n… ${text.length - 3000} more characters` : text;
  return h("details", {}, h("summary", {}, "What it returned"), h("pre", { tabindex: "0" }, shown));
}

function callWords(value) {
  return Object.entries(value ?? {}).map(([name, given]) => `${name}: ${argument(given)}`).join(" · ");
}

function argument(value) {
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(argument).join(", ")}]`;
  if (isRef(value)) return `‹${value.step}${value.path && `.${value.path}`}›`;
  if ("field" in value && "op" in value) return filterWords(value);
  return `{${callWords(value)}}`;
}

function evidence(answer, openSource) {
  const cited = new Set(answer.sentences.flatMap((sentence) => sentence.citations));
  const ordered = [...answer.evidence].sort((one, other) => cited.has(other.id) - cited.has(one.id));
  return h(
    "ul",
    { class: "evidence" },
    ordered.map((one) =>
      h(
        "li",
        {},
        h("button", { type: "button", on: { click: () => openSource(one) } }, one.text),
        h("p", { class: "byline" }, [one.kind, one.title || one.source, one.field && fieldWords(one.field), one.date, `relevance ${one.score.toFixed(2)}`, !cited.has(one.id) && "not cited"].filter(Boolean).join(" · ")),
      ),
    ),
  );
}

function timeline(trace) {
  const whole = Math.max(trace.seconds, ...trace.spans.map((span) => span.ended_s), 1e-6);
  return h(
    "ol",
    { class: "timeline" },
    trace.spans.map((span) =>
      h(
        "li",
        { class: span.name.startsWith("tool:") ? "inner" : null },
        h("span", { class: "part-name" }, partWords(span.name)),
        bar(span.started_s, span.ended_s, whole, "bar"),
        h("span", { class: "took" }, duration(span.ended_s - span.started_s)),
      ),
    ),
  );
}

function bar(start, end, whole, name) {
  const fillBar = h("i");
  fillBar.style.setProperty("--from", `${(100 * start) / whole}%`);
  fillBar.style.setProperty("--size", `${Math.max(0.8, (100 * (end - start)) / whole)}%`);
  return h("span", { class: name, "aria-hidden": "true" }, fillBar);
}
