/** One case under several circumstances, side by side. */

import { draw, freshId, make } from "./dom.js";
import { amountOf, extent, yuan } from "./money.js";
import { bar } from "./shares.js";

function signed(text) {
  return text.startsWith("-") ? `少 ${yuan(text.slice(1))} 元` : `多 ${yuan(text)} 元`;
}

/** Say how a row differs from the first one. */
function difference(row, first) {
  if (row === first || row.more === undefined) return null;
  const parts = Number(row.more) === 0 ? ["一样"] : [signed(row.more)];
  if (row.premium !== undefined && first.premium !== undefined && row.premium !== first.premium) {
    parts.push(`保费 ${yuan(row.premium)} 元`);
    if (row.gain !== undefined) parts.push(`扣掉保费差${signed(row.gain)}`);
  }
  return parts.join("，");
}

/** A bar for results that have no parts: as long as the amount is of the largest. */
function plain(row, most) {
  const { low, more } = extent(row.amounts, row.headline);
  const width = most > 0 ? 1000 * (low + more) / most : 0;
  return draw("svg", { viewBox: "0 0 1000 40", preserveAspectRatio: "none", class: "bar-chart", "aria-hidden": "true" },
    draw("rect", { x: 0, y: 0, width: 1000, height: 40, class: "rail" }),
    draw("rect", { x: 0, y: 0, width, height: 40, class: "part fund" }));
}

/** Make a list of rows, best seen one below the other on a phone; `current` tells the one of the card. */
export function sideBySide(rows, leftOut, current) {
  const most = Math.max(...rows.map((row) => { const { low, more } = extent(row.amounts, row.headline); return low + more; }));
  const best = rows.filter((row) => { const { low, more } = extent(row.amounts, row.headline); return low + more === most; });
  return make("ul", { class: "rows" },
    rows.map((row) => make("li", { class: row === current ? "row current" : "row" },
      make("div", { class: "row-head" },
        make("span", { class: "what" }, row.label,
          row === current ? make("small", { class: "tag" }, "当前") : null,
          best.length === 1 && row === best[0] && row.headline === "fund" ? make("small", { class: "tag best" }, "报得最多") : null),
        make("b", {}, `${amountOf(row.amounts, row.headline)} 元`)),
      bar(row, { legend: false }) ?? plain(row, most),
      make("div", { class: "row-foot" },
        row.amounts.patient !== undefined || row.amounts.patient_from !== undefined
          ? make("span", {}, `${row.labels.patient} ${amountOf(row.amounts, "patient")} 元`) : null,
        make("span", {}, difference(row, rows[0]) ?? "")))),
    leftOut.map(({ label, text }) => make("li", { class: "row silent" },
      make("div", { class: "row-head" }, make("span", { class: "what" }, label)), make("div", { class: "row-foot" }, make("span", {}, text)))));
}

/** Make the part of a card that unfolds to its comparisons; each has a title, rows and what is left out. */
export function comparisons(found, open, chosen, choose) {
  const told = found.filter(({ rows }) => rows.length > 1);
  if (told.length === 0) return null;
  const shown = told.find(({ name }) => name === chosen) ?? told[0];
  const group = freshId("compare");
  return make("details", { class: "fold", "data-part": "compare", open },
    make("summary", {}, "比一比", make("small", {}, told.map(({ title }) => title).join("、"))),
    told.length > 1 ? make("div", { class: "segments", role: "radiogroup", "aria-label": "比什么" },
      told.map(({ name, title }) => make("label", { class: "segment" },
        make("input", { type: "radio", name: group, value: name, checked: name === shown.name, onchange: () => choose(name) }),
        make("span", {}, title)))) : null,
    sideBySide(shown.rows, shown.leftOut, shown.current));
}
