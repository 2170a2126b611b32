// A plan drawn as a graph: one row a layer of steps that may run together, arrows from a step to those that wait for it.

import { svg } from "./dom.js";
import { duration } from "./words.js";

const [WIDTH, HEIGHT, GAP_X, GAP_Y] = [132, 46, 16, 34];

/** The steps that a step waits for: those named in `after` and those that its arguments refer to. */
export function waitsFor(step) {
  const found = new Set(step.after);
  const walk = (value) => {
    if (value === null || typeof value !== "object") return;
    if (isRef(value)) found.add(value.step);
    else Object.values(value).forEach(walk);
  };
  walk(step.arguments);
  return [...found];
}

/** Whether a value stands for the result of another step. */
export const isRef = (value) => {
  const keys = Object.keys(value);
  return keys.length === 2 && typeof value.step === "string" && typeof value.path === "string";
};

/** The graph of a plan; `results` colour the boxes and say how long each step took. */
export function planGraph(plan, results) {
  const steps = new Map(plan.steps.map((step) => [step.id, { step, waits: waitsFor(step) }]));
  const layers = layered(steps);
  const widest = Math.max(...layers.map((layer) => layer.length));
  const width = widest * (WIDTH + GAP_X) - GAP_X + 4;
  const height = layers.length * (HEIGHT + GAP_Y) - GAP_Y + 4;
  const places = new Map();
  layers.forEach((layer, row) => {
    const left = (width - (layer.length * (WIDTH + GAP_X) - GAP_X)) / 2;
    layer.forEach((id, column) => places.set(id, { x: left + column * (WIDTH + GAP_X), y: 2 + row * (HEIGHT + GAP_Y) }));
  });
  const outcome = new Map(results.map((result) => [result.step, result]));
  const words = [...steps.values()].map(({ step, waits }) => `${step.id} ${step.tool}${waits.length ? ` after ${waits.join(" and ")}` : ""}`);
  return svg(
    "svg",
    { class: "graph", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Plan: ${words.join("; ")}` },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: "7", refY: "4", markerWidth: "7", markerHeight: "7", orient: "auto" }, svg("path", { d: "M0 0 8 4 0 8Z", class: "arrow-head" }))),
    [...steps.values()].flatMap(({ step, waits }) => waits.filter((id) => places.has(id)).map((id) => arrow(places.get(id), places.get(step.id)))),
    [...steps.values()].map(({ step }) => box(step, places.get(step.id), outcome.get(step.id))),
  );
}

function layered(steps) {
  const depth = new Map();
  const measure = (id, above) => {
    if (depth.has(id)) return depth.get(id);
    if (!steps.has(id) || above.includes(id)) return -1;
    const deepest = Math.max(-1, ...steps.get(id).waits.map((other) => measure(other, [...above, id])));
    depth.set(id, deepest + 1);
    return deepest + 1;
  };
  const layers = [];
  for (const id of steps.keys()) (layers[measure(id, [])] ??= []).push(id);
  return layers.filter(Boolean);
}

function arrow(from, to) {
  const [x1, y1, x2, y2] = [from.x + WIDTH / 2, from.y + HEIGHT, to.x + WIDTH / 2, to.y];
  const bend = (y2 - y1) / 2;
  return svg("path", { class: "arrow", d: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2 - 1}`, "marker-end": "url(#arrow)" });
}

function box(step, place, result) {
  const name = step.tool.length > 18 ? `${step.tool.slice(0, 17)}…` : step.tool;
  const state = !result ? "not run" : result.error ? "failed" : duration(result.ended_s - result.started_s);
  return svg(
    "g",
    { class: `node ${!result ? "idle" : result.error ? "failed" : "done"}`, transform: `translate(${place.x} ${place.y})` },
    svg("rect", { width: WIDTH, height: HEIGHT, rx: 9 }),
    svg("text", { x: 12, y: 20, class: "node-name" }, name.replaceAll("_", " ")),
    svg("text", { x: 12, y: 36, class: "node-state" }, `${step.id} · ${state}`),
  );
}
