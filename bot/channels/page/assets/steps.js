/** How a result comes about: its steps with what they rest on, and a drawing of the part of the bill. */

import { make } from "./dom.js";
import { amountOf } from "./money.js";
import { stepBars } from "./shares.js";

function row(step, drawing) {
  const amount = amountOf(step, "amount");
  return make("li", {},
    make("div", { class: "step" },
      make("span", { class: "what" }, step.label),
      amount === null ? null : make("b", {}, `${amount} 元`)),
    step.formula ? make("div", { class: "formula" }, step.formula) : null,
    drawing,
    step.clause ? make("div", { class: "clause" }, step.clause) : null,
    step.steps.length > 0 ? list(step.steps) : null);
}

function list(steps) {
  const drawings = stepBars(steps);
  return make("ol", { class: "steps" }, steps.map((step, number) => row(step, drawings[number])));
}

/** Make the part of a card that unfolds to the steps of a result; null where it has none. */
export function working(result, open) {
  if (result.steps.length === 0) return null;
  return make("details", { class: "fold", "data-part": "steps", open },
    make("summary", {}, "怎么算的", make("small", {}, `${result.steps.length} 步`)),
    list(result.steps));
}
