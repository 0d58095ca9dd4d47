/** The conversation: what the user asks goes to the bot, one message at a time, and what it says comes back. */

import { call } from "./api.js";
import { card } from "./card.js";
import { chips } from "./chips.js";
import { make } from "./dom.js";
import { thumbs } from "./feedback.js";
import { icon } from "./icons.js";
import { announce, mine, reveal, theirs, typing, withdrawChoices } from "./messages.js";
import * as places from "./places.js";
import { recall, remember } from "./store.js";

let user = recall("user") ?? newUser();
let busy = false;

/** Give this browser a name that nobody can guess; the bot knows its conversation by it. */
function newUser() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const name = `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  remember("user", name);
  return name;
}

/** Begin anew: what was said before counts no longer. */
export function forget() {
  user = newUser();
}

export const isBusy = () => busy;

/** What a bubble still has to say where a card shows the working: not the steps, caveats and sources. */
function besides(text, calculation) {
  if (!calculation) return text;
  const shown = new Set(calculation.caveats);
  const [first, ...others] = text.split("\n\n");
  const lines = first.split("\n").filter((line) => !line.startsWith("· ") && !line.startsWith("依据：") && !shown.has(line));
  return [lines.join("\n"), ...others].join("\n\n");
}

function show(reply, asker) {
  const more = [];
  const made = reply.calculation ? card(reply.calculation) : null;
  if (made) more.push(made.box);
  if (reply.options.length > 0) {
    const label = reply.kind === "clarify" ? "可以这样答" : "还可以问";
    more.push(chips(label, reply.options.map((text) => ({ text })), ({ text }) => ask(text, { byChoice: true })));
  }
  const below = reply.turn ? [thumbs(asker, reply.turn)] : [];
  if (reply.region && reply.region !== places.here()?.id) places.choose(reply.region);
  announce(reply.reply);
  const item = theirs(besides(reply.reply, reply.calculation), { more, below });
  made?.ready.then(() => reveal(item));
  return item;
}

/** Mark a message as not delivered, with a way to send it again. */
function failed(item, text, error, again) {
  const note = make("div", { class: "failed", role: "alert" },
    make("span", {}, error.message),
    error.lost ? make("button", { type: "button", class: "retry", onclick: again }, icon("retry"), "再发一次") : null);
  item.append(note);
  reveal(item);
  return note;
}

async function deliver(text, item, byChoice) {
  busy = true;
  withdrawChoices();
  const waiting = typing();
  const asker = user;
  try {
    const reply = await call("/api/chat", { user: asker, text, region: places.here()?.id ?? null });
    waiting.remove();
    const shown = show(reply, asker);
    if (byChoice) shown.focus({ preventScroll: true });
  } catch (error) {
    waiting.remove();
    if (error.message === undefined) throw error;
    const note = failed(item, text, error, () => {
      if (busy) return;
      note.remove();
      deliver(text, item, byChoice);
    });
  } finally {
    busy = false;
  }
}

/** Ask something; `byChoice` where a choice was pressed and not a word typed. */
export async function ask(text, { byChoice = false } = {}) {
  if (busy || text.trim() === "") return;
  await deliver(text, mine(text), byChoice);
}
