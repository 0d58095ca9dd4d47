/** What is remembered in this browser. Where that is forbidden or full, it is remembered as long as the page. */

const PREFIX = "yibao.";
const here = new Map();

export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name) ?? here.get(name) ?? null;
  } catch {
    return here.get(name) ?? null;
  }
}

/** Remember a text; null to forget it. */
export function remember(name, text) {
  here.set(name, text);
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    // `here` has it
  }
}
