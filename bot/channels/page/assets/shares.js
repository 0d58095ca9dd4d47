/** Who pays what, drawn to scale: one bar for a result, one for each step of the working. */

import { draw, make } from "./dom.js";
import { amountOf, extent } from "./money.js";

const WIDTH = 1000;

/** The payers of a result by their names in it, each with the colour of its part, or none where it has no such parts. */
export function payers(amounts) {
  const has = (name) => amountOf(amounts, name) !== null;
  const parts = (...names) => names.filter(([name]) => has(name)).map(([name, colour]) => ({ name, colour }));
  if (has("patient")) {
    const fund = has("inpatient") && has("critical")
      ? [["inpatient", "fund"], ["critical", "more"]]
      : [["fund", "fund"]];
    return parts(...fund, ["patient", "own"]);
  }
  if (has("subsidy") && has("own")) return parts(["own", "own"], ["subsidy", "fund"]);
  if (has("delivery") && has("prenatal")) return parts(["prenatal", "more"], ["delivery", "fund"]);
  return [];
}

function percent(part, whole) {
  const share = 100 * part / whole;
  if (share > 0 && share < 1) return "不到 1%";
  return `${Math.round(share)}%`;
}

/** Draw the parts of a result beside each other, with a legend; null where it has none. */
export function bar(result, { legend = true } = {}) {
  const { amounts, labels } = result;
  const parts = payers(amounts).map((part) => ({ ...part, ...extent(amounts, part.name) }));
  const whole = parts.reduce((sum, { low, more }) => sum + low + more, 0);
  if (parts.length < 2 || !(whole > 0)) return null;
  const likely = (part) => part.low + part.more / 2;
  const total = parts.reduce((sum, part) => sum + likely(part), 0);
  let from = 0;
  const drawn = parts.map((part) => {
    const width = WIDTH * likely(part) / total;
    const shape = draw("rect", { x: from, y: 0, width, height: 40, class: `part ${part.colour}` });
    from += width;
    return shape;
  });
  const said = parts.map((part) => `${labels[part.name]} ${amountOf(amounts, part.name)} 元，占 ${percent(likely(part), total)}`).join("；");
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} 40`, preserveAspectRatio: "none", class: "bar-chart", role: "img", "aria-label": said }, drawn);
  if (!legend) return svg;
  return make("figure", { class: "shares" }, svg,
    make("figcaption", {}, parts.map((part) => make("span", { class: "key" },
      make("i", { class: part.colour }),
      make("span", {}, labels[part.name]),
      make("b", {}, `${amountOf(amounts, part.name)} 元`),
      make("small", {}, percent(likely(part), total))))));
}

/** The part of the bill that each of some steps is about, as [from, to], or null for those about none. */
function slices(steps) {
  let at = 0;
  return steps.map((step) => {
    const width = step.role === "deductible" ? extent(step, "amount").low : Number(step.of ?? 0);
    if (!step.role || (step.role !== "cap" && width === 0)) return null;
    const slice = [at, at + width];
    at += width;
    return slice;
  });
}

/** Draw, for each of some steps, where on the bill it is and how much of that the fund pays. */
export function stepBars(steps) {
  const placed = slices(steps);
  const whole = Math.max(0, ...placed.filter(Boolean).map(([, to]) => to));
  if (whole === 0) return steps.map(() => null);
  const scale = (amount) => WIDTH * amount / whole;
  let paid = 0;
  return steps.map((step, number) => {
    if (!placed[number]) return null;
    const [from, to] = placed[number];
    const { low, more } = extent(step, "amount");
    const rect = (x, width, colour) => draw("rect", { x: scale(x), y: 0, width: Math.max(scale(width), 2), height: 16, class: `part ${colour}` });
    const parts = [draw("rect", { x: 0, y: 6, width: WIDTH, height: 4, class: "rail" })];
    if (step.role === "deductible") parts.push(rect(from, to - from, "own"));
    else if (step.role === "cap") parts.push(rect(0, low, "fund"), rect(low, Math.max(0, paid - low), "over"));
    else parts.push(rect(from, to - from, "own"), rect(from, low + more / 2, "fund"));
    if (step.role === "share") paid += low + more / 2;
    return draw("svg", { viewBox: `0 0 ${WIDTH} 16`, preserveAspectRatio: "none", class: "step-chart", "aria-hidden": "true" }, parts);
  });
}
