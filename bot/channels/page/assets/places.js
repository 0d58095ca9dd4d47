/** Where the user is insured: the choice in the bar, remembered in this browser. */

import { call } from "./api.js";
import { recall, remember } from "./store.js";

const select = document.querySelector("#region");
const label = document.querySelector("#document");
const asked = new URLSearchParams(location.search).get("region");

let regions = [];
let shown = null;
const told = [];

/** The place that is chosen now, with its document and its first questions; null where none is. */
export function here() {
  return regions.find((region) => region.id === select.value) ?? null;
}

export const known = () => regions;

export function find(id) {
  return regions.find((region) => region.id === id) ?? null;
}

/** Choose a place by its id; null for none. */
export function choose(id) {
  const region = find(id);
  select.value = region?.id ?? "";
  remember("region", region?.id ?? null);
  label.textContent = region?.document.year ?? "";
  label.title = region?.document.title ?? "";
  if (region !== shown) {
    shown = region;
    for (const tell of told) tell(region);
  }
}

/** Read the places, and choose the one that the address names or that was chosen last. */
export async function load() {
  ({ regions } = await call("/api/regions"));
  select.replaceChildren(new Option("请选择", ""), ...regions.map(({ id, name }) => new Option(name, id)));
  choose(asked ?? recall("region"));
}

/** Call a function with the place whenever it is another one, whoever chose it. */
export function onShown(tell) {
  told.push(tell);
}

/** Call a function with the place when the user chooses another one in the bar. */
export function onChange(tell) {
  select.addEventListener("change", () => {
    choose(select.value);
    tell(here());
  });
}
