/** The messages on the screen: bubbles with their times, lists and source lines set apart. */

import { make } from "./dom.js";
import { icon } from "./icons.js";

const log = document.querySelector("#log");
const scroll = document.querySelector("#scroll");
const announcer = document.querySelector("#announcer");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function time() {
  const now = new Date();
  const text = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
  return make("time", { datetime: now.toISOString() }, text);
}

/** Set a text of the bot: a line a paragraph, lines with a dot a list, and where it stands apart. */
export function set(text) {
  const blocks = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    if (line.startsWith("· ")) {
      if (blocks.at(-1)?.tagName !== "UL") blocks.push(make("ul", {}));
      blocks.at(-1).append(make("li", {}, line.slice(2)));
    } else if (line.startsWith("依据：")) {
      blocks.push(make("p", { class: "source" }, icon("source"), make("span", {}, line)));
    } else {
      blocks.push(make("p", {}, line));
    }
  }
  return blocks;
}

function append(kind, speaker, ...content) {
  const item = make("li", { class: `message ${kind}`, tabindex: "-1" },
    make("span", { class: "hidden" }, `${speaker}：`), ...content);
  log.append(item);
  return item;
}

/** Show what the user wrote. */
export function mine(text) {
  const item = append("mine", "您", make("div", { class: "bubble" }, make("p", {}, text)),
    make("div", { class: "below" }, time()));
  reveal(item);
  return item;
}

/** Show what the bot says; `more` follows the bubble (a card, choices), `below` stands beside the time. */
export function theirs(text, { more = [], below = [] } = {}) {
  const item = append("theirs", "助手", text ? make("div", { class: "bubble" }, ...set(text)) : null,
    ...more, make("div", { class: "below" }, time(), ...below));
  reveal(item);
  return item;
}

/** Show that an answer is on its way; the element goes when it is there. */
export function typing() {
  const dots = make("div", { class: "bubble typing" }, make("i"), make("i"), make("i"));
  const item = append("theirs", "助手", dots);
  item.setAttribute("aria-hidden", "true");
  announce("正在回答");
  reveal(item);
  return item;
}

/** Greet: a title, a line, what to do first, and choices for that. */
export function hero(title, text, first, list) {
  const item = make("li", { class: "message hero", tabindex: "-1" },
    make("img", { src: "/assets/icon.svg", alt: "", width: "64", height: "64" }),
    make("h2", {}, title), make("p", {}, text), make("p", { class: "first" }, first), list);
  log.append(item);
  scroll.scrollTo({ top: 0 });
  return item;
}

/** Part what follows from what was before. */
export function divide(text) {
  log.append(make("li", { class: "divider" }, make("span", {}, text)));
}

/** Say something to a screen reader only. */
export function announce(text) {
  announcer.textContent = text;
}

/** Remove all choices that were offered: they belong to what was said before. */
export function withdrawChoices() {
  log.querySelectorAll(".chips").forEach((list) => list.remove());
}

export function clear() {
  log.replaceChildren();
}

/** Bring a message into sight: its end, or its beginning where it is longer than the screen. */
export function reveal(item) {
  const room = scroll.clientHeight;
  const before = item.previousElementSibling?.classList.contains("mine") ? item.previousElementSibling : item;
  const height = item.offsetTop + item.offsetHeight - before.offsetTop;
  const top = height > room ? before.offsetTop - 8 : scroll.scrollHeight;
  scroll.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
}
