/** The chat page: sends what is typed or chosen to POST /api/chat and shows the replies, one at a time. */

const GREETING = "您好！我根据各地公布的居民医保文件回答问题，也能帮您算住院能报多少。请直接打字问我。";
const FAULTS = {
  401: "要有口令才能对话。",
  413: "消息太长了，请分开发。",
  422: "这条消息我没法处理，请换个说法。",
  503: "暂时无法回答，请稍后再试。",
};
const FAULT = "没有连上，请检查网络后再试。";

const log = document.querySelector("#log");
const composer = document.querySelector("#composer");
const text = document.querySelector("#text");
const region = document.querySelector("#region");
const send = composer.querySelector("button");
const gate = document.querySelector("#gate");
const token = document.querySelector("#token");

let user = newUser();

function newUser() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Call the API; where it wants a token, ask the user for it until it fits. It is held as long as this tab. */
async function call(path, body) {
  for (;;) {
    const headers = { "Content-Type": "application/json" };
    const held = sessionStorage.getItem("token");
    if (held) headers.Authorization = `Bearer ${held}`;
    const response = await fetch(path, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
    if (response.status !== 401 || !(await askForToken())) return response;
  }
}

/** Ask for the token; false when the user leaves without giving one. */
function askForToken() {
  token.value = "";
  gate.showModal();
  return new Promise((resolve) => {
    gate.addEventListener("close", () => {
      sessionStorage.setItem("token", token.value);
      resolve(token.value !== "");
    }, { once: true });
  });
}

function bubble(words, ...kinds) {
  const element = document.createElement("p");
  element.className = ["bubble", ...kinds].join(" ");
  element.textContent = words;
  log.append(element);
  element.scrollIntoView({ block: "end" });
  return element;
}

function offer(options) {
  if (options.length === 0) return;
  const list = document.createElement("ul");
  list.className = "chips";
  list.setAttribute("aria-label", "可以接着问");
  for (const option of options) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.textContent = option;
    chip.addEventListener("click", () => ask(option));
    const item = document.createElement("li");
    item.append(chip);
    list.append(item);
  }
  log.append(list);
  list.scrollIntoView({ block: "end" });
}

async function ask(words) {
  if (send.disabled || words.trim() === "") return;
  send.disabled = true;
  log.querySelectorAll(".chips").forEach((list) => list.remove());
  bubble(words, "mine");
  const waiting = bubble("正在输入", "waiting");
  try {
    const response = await call("/api/chat", { user, text: words, region: region.value || null });
    waiting.remove();
    if (response.ok) {
      const reply = await response.json();
      bubble(reply.reply);
      offer(reply.options);
    } else {
      bubble(FAULTS[response.status] ?? FAULT, "fault");
    }
  } catch {
    waiting.remove();
    bubble(FAULT, "fault");
  } finally {
    send.disabled = false;
    text.focus();
  }
}

function begin() {
  user = newUser();
  log.replaceChildren();
  bubble(GREETING);
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  if (send.disabled) return;
  const words = text.value;
  text.value = "";
  ask(words);
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

region.addEventListener("change", () => {
  begin();
  text.focus();
});

async function listRegions() {
  const response = await call("/api/regions");
  if (!response.ok) return;
  const { regions } = await response.json();
  for (const { id, name } of regions) {
    region.append(new Option(name, id));
  }
}

begin();
listRegions().catch(() => bubble(FAULT, "fault"));
text.focus();
