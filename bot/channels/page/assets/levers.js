/** What can be changed of a case: its amounts and days, and the circumstances that make a difference. */

import { freshId, make } from "./dom.js";
import { yuan } from "./money.js";

const ENDS = [500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 5_000_000, 100_000_000];
const STEPS = 200;

const isAmount = (property) => Array.isArray(property.type);
const mayBeUntold = (property) => isAmount(property) && property.type.includes("null");

/** A field with its label and a place for what is wrong with it; `beside` follows it. */
function field(name, property, attributes, change, { beside = [], below = [] } = {}) {
  const id = freshId("lever");
  const input = make("input", { id, autocomplete: "off", "data-lever": name, "aria-describedby": `${id}-fault`, ...attributes });
  input.addEventListener("input", () => change(name, input.value.trim()));
  return make("div", { class: "lever" }, make("label", { for: id }, property.title),
    make("div", { class: "field" }, input, ...beside), ...below, make("p", { class: "fault", id: `${id}-fault`, role: "alert" }));
}

/** An amount: typed, or for the cost drawn along a scale that reaches well beyond it. */
function amount(name, property, value, change) {
  const beside = [make("span", { "aria-hidden": "true" }, "元")];
  if (mayBeUntold(property)) {
    beside.push(make("label", { class: "untold" },
      make("input", { type: "checkbox", checked: value === null, "data-lever": name, onchange: (event) => change(name, event.target.checked ? null : undefined) }),
      "不知道"));
  }
  const below = [];
  const box = field(name, property, { type: "text", inputmode: "decimal", value: value ?? "" }, change, { beside, below });
  if (name !== "cost") return box;
  const end = ENDS.find((one) => one >= 1.5 * Number(value || ENDS[5])) ?? ENDS.at(-1);
  const typed = box.querySelector("input");
  const slider = make("input", { type: "range", min: "0", max: String(end), step: String(end / STEPS), value: value || "0", "data-lever": name, "aria-label": `拖动改${property.title}` });
  typed.addEventListener("input", () => { slider.value = typed.value; });
  slider.addEventListener("input", () => {
    typed.value = slider.value;
    change(name, slider.value);
  });
  box.querySelector(".fault").before(slider);
  return box;
}

/** A circumstance: its values as far as they lead to different results. */
function circumstance({ name, title, rows, current }, change) {
  const group = freshId("lever");
  return make("fieldset", { class: "lever" },
    make("legend", {}, title),
    make("div", { class: "segments" }, rows.map((row) => make("label", { class: "segment" },
      make("input", { type: "radio", name: group, value: row.label, checked: row === current, "data-lever": name, onchange: () => change(name, row.values) }),
      make("span", {}, row.label)))));
}

/** A circumstance that has to be known before its values can be told apart. */
function choice(name, property, value, change) {
  const id = freshId("lever");
  const options = Object.entries(property["x-labels"]).filter(([key]) => key === value || property["x-values"][key].length === 1);
  return make("div", { class: "lever" }, make("label", { for: id }, property.title),
    make("select", { id, "data-lever": name, onchange: (event) => change(name, [event.target.value]) },
      make("option", { value: "" }, "请选择"),
      options.map(([key, label]) => make("option", { value: key, selected: key === value }, label))));
}

/** Make the lever of one input; null where it has none now. */
function lever(name, property, value, found, wanted, change) {
  if (isAmount(property)) return wanted || name === "cost" ? amount(name, property, value, change) : null;
  const compared = found.find((one) => one.name === name && one.rows.length > 0);
  if (compared) return compared.rows.length > 1 ? circumstance(compared, change) : null; // whatever it is, it comes to the same
  if (!wanted || property.type === "array") return null;
  if (property["x-labels"]) return choice(name, property, value, change);
  const type = property.format === "date" ? { type: "date" } : { type: "number", min: property.minimum, max: property.maximum };
  return field(name, property, { ...type, value: value ?? "" }, change);
}

/** Make the levers of a case: `found` are its comparisons, `asked` is wanted next, `change` is told new values. */
export function levers(schema, inputs, found, asked, change) {
  return Object.entries(schema.properties)
    .filter(([name]) => name !== "compare")
    .map(([name, property]) => lever(name, property, inputs[name], found, inputs[name] !== undefined || asked.has(name), change))
    .filter((one) => one !== null);
}

/** Show beside the fields what is wrong with them. */
export function tellFaults(box, faults) {
  for (const fault of box.querySelectorAll(".fault")) fault.textContent = "";
  for (const input of box.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  for (const { field: name, message } of faults) {
    const input = box.querySelector(`.field [data-lever="${CSS.escape(name)}"]`);
    if (!input) continue;
    input.setAttribute("aria-invalid", "true");
    input.closest(".lever").querySelector(".fault").textContent = message;
  }
}

/** Say in words what a case is worked out with. */
export function given(schema, inputs) {
  const said = [];
  for (const [name, value] of Object.entries(inputs)) {
    const property = schema.properties[name];
    if (!property || name === "compare") continue;
    if (isAmount(property)) said.push(`${property.title}${value === null ? "不知道" : ` ${yuan(String(value))} 元`}`);
    else if (property["x-labels"]) said.push([value].flat().map((one) => property["x-labels"][one]).join("、"));
  }
  return said.join(" · ");
}
