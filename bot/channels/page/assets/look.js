/** How the page looks: large type and dark colours, as chosen here, or else as the device has it. */

import { icon } from "./icons.js";
import { recall, remember } from "./store.js";

const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");

const isLarge = () => recall("type") === "large";
const isDark = () => (recall("colours") ?? (device.matches ? "dark" : "light")) === "dark";

function apply() {
  root.dataset.type = isLarge() ? "large" : "usual";
  root.dataset.colours = isDark() ? "dark" : "light";
  const large = document.querySelector("#large");
  const dark = document.querySelector("#dark");
  large?.setAttribute("aria-pressed", String(isLarge()));
  dark?.setAttribute("aria-pressed", String(isDark()));
  dark?.replaceChildren(icon(isDark() ? "sun" : "moon"));
}

device.addEventListener("change", apply);
document.querySelector("#large").addEventListener("click", () => {
  remember("type", isLarge() ? null : "large");
  apply();
});
document.querySelector("#dark").addEventListener("click", () => {
  remember("colours", isDark() ? "light" : "dark");
  apply();
});
apply();
