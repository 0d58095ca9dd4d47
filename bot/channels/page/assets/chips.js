/** Choices to press in place of typing. */

import { make } from "./dom.js";

/** Make a list of choices; each says `text`, perhaps with a `note`, and calls `choose` with it. */
export function chips(label, choices, choose) {
  return make("ul", { class: "chips", "aria-label": label },
    choices.map((choice) => make("li", {},
      make("button", { type: "button", class: "chip", onclick: () => choose(choice) },
        make("span", {}, choice.text), choice.note ? make("small", {}, choice.note) : null))));
}
