/** The drawings on buttons: 24 by 24, in the colour of the text, silent for screen readers. */

import { draw } from "./dom.js";

const PATHS = {
  send: "M12 20V5m-6.500 6L12 4.500 18.500 11",
  moon: "M20 14.500A8 8 0 0 1 9.500 4 8 8 0 1 0 20 14.500z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2m0 15v2M2.500 12h2m15 0h2M5.300 5.300l1.400 1.400m10.600 10.600 1.400 1.400m0-13.400-1.400 1.400M6.700 17.300l-1.400 1.400",
  anew: "M4.500 12a7.500 7.500 0 1 0 2.200-5.300M4 4.500v4.500h4.500",
  up: "M7.500 10.500 11 3.500c1.500 0 2.500 1 2.500 2.500v3.500h5a1.800 1.800 0 0 1 1.800 2.100l-1.100 7a1.800 1.800 0 0 1-1.800 1.400H7.500zm0 0H4V20h3.500",
  down: "M7.500 13.500 11 20.500c1.500 0 2.500-1 2.500-2.500v-3.500h5a1.800 1.800 0 0 0 1.800-2.100l-1.100-7A1.800 1.800 0 0 0 17.400 4H7.500zm0 0H4V4h3.500",
  retry: "M4.500 12a7.500 7.500 0 1 0 2.200-5.300M4 4.500v4.500h4.500",
  source: "M6 3.500h8l4 4V20a.500.500 0 0 1-.500.500h-11A.500.500 0 0 1 6 20zM14 3.500V8h4M9 12h6m-6 4h6",
};

export function icon(name) {
  return draw("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    draw("path", { d: PATHS[name] }));
}
