/** Showing yuan. Amounts come as texts to the fen and are never calculated with, only drawn to scale. */

/** Show an amount with its thousands apart, without fen that are none. */
export function yuan(text) {
  const [whole, fen = "00"] = text.split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fen === "00" ? apart : `${apart}.${fen}`;
}

/** Show an amount of a result, or the two ends of a range; null where there is none of this name. */
export function amountOf(amounts, name) {
  if (amounts[name] !== undefined) return yuan(amounts[name]);
  if (amounts[`${name}_from`] === undefined) return null;
  return `${yuan(amounts[`${name}_from`])} 到 ${yuan(amounts[`${name}_to`])}`;
}

/** Read an amount for a drawing: the least of a range, and how much more it may be. */
export function extent(amounts, name) {
  const low = Number(amounts[name] ?? amounts[`${name}_from`]);
  return { low, more: Number(amounts[name] ?? amounts[`${name}_to`]) - low };
}

/** Show a day as people write it. */
export function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  return `${year}年${month}月${date}日`;
}
