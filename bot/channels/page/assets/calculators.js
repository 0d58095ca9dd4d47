/** The calculators of a place with what they take, read once. */

import { call } from "./api.js";

const read = new Map();

/** Give the calculators of the region with an id. */
export async function calculatorsOf(region) {
  if (!read.has(region)) read.set(region, call(`/api/regions/${encodeURIComponent(region)}/calculators`));
  try {
    return (await read.get(region)).calculators;
  } catch (error) {
    read.delete(region); // the next one who asks tries again
    throw error;
  }
}
