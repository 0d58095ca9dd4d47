/** A calculation as a card: what comes out, who pays what, how, and levers to work out another case. */

import { call } from "./api.js";
import { calculatorsOf } from "./calculators.js";
import { comparisons, sideBySide } from "./comparison.js";
import { make } from "./dom.js";
import { given, levers, tellFaults } from "./levers.js";
import { notes, outcome, sources, valueOf } from "./outcome.js";
import * as places from "./places.js";
import { working } from "./steps.js";

const PAUSE = 250; // milliseconds between the last key and the calculation

/** Name the choice that stands for some values: a group that is the same, or any of them, which come to the same. */
function choiceOf(property, values) {
  const same = Object.entries(property["x-values"]).find(([, one]) => one.length === values.length && one.every((value) => values.includes(value)));
  return same ? same[0] : values[0];
}

/**
 * Make the card of a calculation as the chat or the API gives it. One without amounts is blank yet: it asks for
 * what it needs, one thing after the other. `ready` is settled once its levers are there.
 */
export function card(calculation) {
  const { region, calculator, title } = calculation;
  const place = places.find(region);
  const isAlone = !calculation.amounts; // no words of the bot stand beside it
  let result = calculation.amounts ? calculation : null;
  let inputs = { ...calculation.inputs };
  delete inputs.compare;
  let found = []; // the comparisons
  let chosen = calculation.compare ?? null; // the one that is shown
  const asked = new Set(); // inputs that are wanted though nothing was said of them
  let schema = null;
  let latest = 0;
  let timer = null;

  const top = make("div", { class: "card-top" });
  const controls = make("div", { class: "levers" });
  const leversBox = make("div", { class: "levers-box", hidden: true },
    make("h3", {}, result ? "换个条件算" : "填一填，马上算"), controls);
  const status = make("p", { class: "card-status", role: "status" });
  leversBox.append(status);
  const folds = make("div", { class: "folds" });
  const foot = make("div", { class: "card-foot", hidden: true });
  const box = make("section", { class: "card", "aria-label": `${title}的计算` },
    make("header", { class: "card-head" }, make("h2", {}, title),
      make("small", {}, [place?.name, place?.document.year].filter(Boolean).join(" · "))),
    top, leversBox, folds, foot);

  function showResult() {
    top.hidden = foot.hidden = result === null;
    if (result === null) return;
    const said = schema ? given(schema, inputs) : "";
    top.replaceChildren(...[
      said ? make("p", { class: "given" }, said) : null,
      ...outcome(result),
      result.rows ? sideBySide(result.rows, result.left_out) : null,
    ].filter(Boolean));
    foot.replaceChildren(...notes(result, isAlone ? place : null), ...sources(result));
  }

  const isOpen = (part) => folds.querySelector(`[data-part="${part}"]`)?.open ?? false;

  function showFolds(open = { steps: isOpen("steps"), compare: isOpen("compare") }) {
    const choose = (name) => {
      chosen = name;
      showFolds();
      folds.querySelector(`[data-part="compare"] input[value="${CSS.escape(name)}"]`)?.focus();
    };
    const parts = result === null || result.rows ? [] : [working(result, open.steps), comparisons(found, open.compare, chosen, choose)];
    folds.replaceChildren(...parts.filter(Boolean));
  }

  /** Show the levers anew, and leave the keyboard where it was. */
  function showLevers() {
    const active = document.activeElement;
    const at = controls.contains(active) ? { ...active.dataset, type: active.type, value: active.value, marked: active.type === "text" ? [active.selectionStart, active.selectionEnd] : null } : null;
    controls.replaceChildren(...levers(schema, inputs, found, asked, change));
    leversBox.hidden = controls.childElementCount === 0;
    if (!at) return;
    const same = [...controls.querySelectorAll("[data-lever]")].find((input) =>
      input.dataset.lever === at.lever && input.type === at.type && (input.type !== "radio" || input.value === at.value))
      ?? controls.querySelector(`[data-lever="${CSS.escape(at.lever)}"]:checked`);
    same?.focus();
    if (at.marked) same?.setSelectionRange(...at.marked);
  }

  /** Find what each value of a circumstance would come to, and which of them the case has. */
  async function compare(name) {
    const { [name]: own, ...others } = inputs;
    const property = schema.properties[name];
    let told;
    try {
      told = await call("/api/calculate", { region, calculator, inputs: { ...others, compare: name } });
    } catch {
      return { name, title: property.title, rows: [], leftOut: [] }; // something else has to be known first
    }
    const values = own === undefined ? [] : property["x-values"][own];
    const amounts = result && !result.rows ? JSON.stringify(result.amounts) : null;
    const current = own === undefined
      ? told.rows.find((row) => JSON.stringify(row.amounts) === amounts)
      : told.rows.find((row) => values.every((value) => row.values.includes(value)));
    return { name, title: property.title, rows: told.rows, leftOut: told.left_out, current };
  }

  /** Compare what can be compared now: while one circumstance is left open, that one; else all. */
  function compareAll() {
    const names = schema.properties.compare?.enum ?? [];
    const open = result === null ? (name) => asked.has(name) : (name) => !result.rows || name === calculation.compare;
    return Promise.all(names.filter(open).map(compare));
  }

  /** Work the case out as it is now; what comes back after a later change is passed over. */
  async function recompute() {
    latest += 1;
    const mine = latest;
    let refusal = null;
    try {
      const told = await call("/api/calculate", { region, calculator, inputs });
      if (mine !== latest) return;
      result = told;
    } catch (error) {
      if (mine !== latest) return;
      refusal = error;
    }
    box.classList.toggle("stale", refusal !== null);
    if (refusal?.code === "invalid_inputs") {
      tellFaults(controls, refusal.faults);
      status.textContent = "请改一下上面的数。";
      return;
    }
    if (refusal?.code === "missing_input") asked.add(refusal.faults[0].field);
    if (refusal === null) showResult();
    status.textContent = refusal ? refusal.message : `${result.labels[result.told[0]]} ${valueOf(result, result.told[0])}`;
    const compared = await compareAll();
    if (mine !== latest) return;
    found = compared;
    showLevers();
    tellFaults(controls, []);
    showFolds();
  }

  function change(name, value) {
    inputs = { ...inputs, [name]: Array.isArray(value) ? choiceOf(schema.properties[name], value) : value };
    if (value === "" || value === undefined) {
      delete inputs[name];
      asked.add(name);
    }
    clearTimeout(timer);
    timer = setTimeout(recompute, typeof value === "string" ? PAUSE : 0);
  }

  async function begin() {
    schema = (await calculatorsOf(region)).find(({ id }) => id === calculator).inputs;
    if (result === null && schema.required.length > 0) {
      schema.required.forEach((name) => asked.add(name));
      showLevers();
      return;
    }
    if (result === null) {
      await recompute();
      return;
    }
    found = await compareAll();
    showResult();
    showLevers();
    showFolds();
  }

  showResult();
  showFolds({ steps: false, compare: false });
  const ready = begin().catch((error) => { // a card that shows a result does so without levers, too
    leversBox.hidden = result !== null;
    status.textContent = error.message;
  });
  return { box, ready };
}
