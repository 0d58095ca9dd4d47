/** What a calculation comes to: the main amount or day large, who pays what, what to know besides, the sources. */

import { make } from "./dom.js";
import { icon } from "./icons.js";
import { amountOf, day } from "./money.js";
import { bar, payers } from "./shares.js";

/** Show an amount or a day of a result. */
export function valueOf(result, name) {
  return result.dates?.[name] ? day(result.dates[name]) : `${amountOf(result.amounts, name)} 元`;
}

const large = (label, value) => make("div", { class: "outcome" },
  make("span", { class: "label" }, label), make("strong", { class: "amount-large" }, value));

/** How far the rows of a comparison are apart. */
function distance(result) {
  const rows = [...result.rows].sort((one, other) => Number(one.more) - Number(other.more));
  const [least, most] = [rows[0], rows.at(-1)];
  const label = Number(most.more) === Number(least.more) ? "结果一样" : `${most.label}比${least.label}多`;
  return [large(label, valueOf(result, "difference"))];
}

/** Make the parts that show a result, or the distance of several. */
export function outcome(result) {
  if (result.rows) return distance(result);
  const [first, ...others] = result.told;
  const drawn = bar(result);
  const inBar = drawn ? payers(result.amounts).map(({ name }) => name) : [];
  const besides = others.filter((name) => !inBar.includes(name));
  return [
    large(result.labels[first], valueOf(result, first)),
    drawn,
    besides.length === 0 ? null : make("dl", { class: "besides" }, besides.map((name) => make("div", {},
      make("dt", {}, result.labels[name]), make("dd", {}, valueOf(result, name))))),
  ];
}

const isPast = ({ document }) => new Date(`${document.valid_to}T23:59:59+08:00`) < new Date();

/** What the reader must know besides; `place` where nothing else says that its scheme year is past. */
export function notes(result, place) {
  const told = [
    ...(result.assumptions?.length ? [`这里${result.assumptions.join("、")}。`] : []),
    ...result.caveats,
    ...(place && isPast(place) ? [`这是${place.document.year}的标准，现在请以当地最新公布的为准。`] : []),
  ];
  return told.map((text) => make("p", { class: "note" }, text));
}

/** Where a result stands: a line for each document. */
export function sources(result) {
  const titles = [...new Set(result.sources.map(({ document }) => document))];
  return titles.map((title) => {
    const of = result.sources.filter(({ document }) => document === title);
    const clauses = [...new Set(of.map(({ clause }) => clause))].join("；");
    return make("p", { class: "source" }, icon("source"), make("span", {}, `依据：《${title}》${clauses}`));
  });
}
