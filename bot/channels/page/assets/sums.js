/** What can be worked out for a place without a question: a sheet to choose from, and a blank card for it. */

import { calculatorsOf } from "./calculators.js";
import { card } from "./card.js";
import { make } from "./dom.js";
import { divide, reveal, theirs, withdrawChoices } from "./messages.js";

const open = document.querySelector("#sums");
const sheet = document.querySelector("#sheet");

function begin(region, { id, title }) {
  sheet.close();
  withdrawChoices();
  divide(`${region.name} · 算一算`);
  const { box, ready } = card({ region: region.id, calculator: id, title, inputs: {} });
  const item = theirs("", { more: [box] });
  item.focus({ preventScroll: true });
  ready.then(() => reveal(item));
}

/** Offer the calculators of a place; none without a place. */
export async function offer(region) {
  open.hidden = true;
  if (!region) return;
  const calculators = await calculatorsOf(region.id);
  sheet.querySelector("h2").textContent = `算一算 · ${region.name}`;
  sheet.querySelector("ul").replaceChildren(...calculators.map((calculator) => make("li", {},
    make("button", { type: "button", class: "chip", onclick: () => begin(region, calculator) }, calculator.title))));
  open.hidden = false;
}

open.addEventListener("click", () => sheet.showModal());
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // beside it
});
