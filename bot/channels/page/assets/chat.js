/** The chat page: greets, lets the user choose a place, and takes what is typed. */

import { chips } from "./chips.js";
import { ask, forget, isBusy } from "./conversation.js";
import { make } from "./dom.js";
import { icon } from "./icons.js";
import { announce, clear, divide, hero, theirs, withdrawChoices } from "./messages.js";
import * as places from "./places.js";
import { offer } from "./sums.js";

const GREETING = "居民医保怎么交、能报多少，直接问我，也能帮您算。我只照着各地公布的文件回答，每个数字都写明出处。";
const FIRST_QUESTIONS = 6;

const composer = document.querySelector("#composer");
const text = document.querySelector("#text");
const send = document.querySelector("#send");
const anew = document.querySelector("#anew");

const words = new URLSearchParams(location.search);
if (words.has("embedded")) document.documentElement.dataset.embedded = "";
send.append(icon("send"));
anew.append(icon("anew"));

function questions(region) {
  const choices = region.starters.slice(0, FIRST_QUESTIONS).map((text) => ({ text }));
  return chips(`关于${region.name}可以这样问`, choices, ({ text: asked }) => ask(asked, { byChoice: true }));
}

/** Go on in another place, with what people ask first there. */
function arrive(region) {
  forget();
  withdrawChoices();
  divide(`${region.name} · ${region.document.year}`);
  announce(`已换到${region.name}`);
  const said = `好的，按《${region.document.title}》回答您。可以点一个问题，也可以直接打字：`;
  return theirs(said, { more: [questions(region)] });
}

function welcome() {
  clear();
  const region = places.here();
  if (region) {
    hero("您好，我是医保小助手", GREETING, `您的参保地是${region.name}，可以这样问：`, questions(region));
    return;
  }
  const choices = places.known().map(({ id, name, document }) => ({ text: name, note: document.year, id }));
  const list = chips("选参保地", choices, ({ id }) => {
    places.choose(id);
    arrive(places.here()).focus({ preventScroll: true });
  });
  list.classList.add("places");
  hero("您好，我是医保小助手", GREETING, "请先选您在哪里参保：", list);
}

async function begin() {
  try {
    await places.load();
    welcome();
  } catch (error) {
    clear();
    theirs(`${error.message}`, {
      more: [make("button", { type: "button", class: "retry", onclick: begin }, icon("retry"), "重新连接")],
    });
  }
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isBusy() || text.value.trim() === "") return;
  const typed = text.value;
  text.value = "";
  ask(typed);
  text.focus();
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

places.onShown((region) => offer(region).catch(() => {})); // they can do without

places.onChange((region) => {
  if (region) arrive(region);
  else {
    forget();
    welcome();
  }
});

anew.addEventListener("click", () => {
  forget();
  welcome();
  text.focus();
});

begin();
