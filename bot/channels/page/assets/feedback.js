/** Thumbs under an answer; a thumb down asks for the reason. */

import { call } from "./api.js";
import { freshId, make } from "./dom.js";
import { icon } from "./icons.js";
import { announce } from "./messages.js";

const REASONS = ["答非所问", "数字不对", "不是我这里的规定", "太难懂", "没说全"];

/** Make the thumbs for the answer with a turn; `user` is who asked. */
export function thumbs(user, turn) {
  const said = make("span", { class: "said", role: "status" });
  const up = make("button", { type: "button", class: "thumb", "aria-pressed": "false", "aria-label": "有用" }, icon("up"));
  const down = make("button", { type: "button", class: "thumb", "aria-pressed": "false", "aria-label": "没用" }, icon("down"));
  const box = make("div", { class: "feedback" }, up, down, said);
  let form = null;

  function press(pressed) {
    up.setAttribute("aria-pressed", String(pressed === up));
    down.setAttribute("aria-pressed", String(pressed === down));
  }

  async function tell(verdict, reason, thanks) {
    try {
      await call("/api/feedback", { user, turn, verdict, reason });
      said.textContent = thanks;
      return true;
    } catch (error) {
      said.textContent = `没有送到：${error.message}`;
      return false;
    }
  }

  function close() {
    form?.remove();
    form = null;
    down.removeAttribute("aria-expanded");
  }

  function ask() {
    const name = freshId("reason");
    const words = make("textarea", { rows: "2", maxlength: "500", id: `${name}-words`, placeholder: "还可以写几句（不要写个人信息）" });
    const choices = REASONS.map((reason) => make("label", { class: "choice" },
      make("input", { type: "checkbox", name, value: reason }), make("span", {}, reason)));
    form = make("form", {
      class: "reasons",
      "aria-label": "哪里不好",
      onsubmit: async (event) => {
        event.preventDefault();
        const picked = [...form.querySelectorAll("input:checked")].map((input) => input.value);
        const reason = [picked.join("、"), words.value.trim()].filter((part) => part !== "").join("：");
        if (!await tell("down", reason, "记下了，谢谢")) return;
        close();
        down.focus();
      },
      onkeydown: (event) => {
        if (event.key !== "Escape") return;
        close();
        down.focus();
      },
    },
    make("fieldset", {}, make("legend", {}, "哪里不好？"), make("div", { class: "choices" }, choices)),
    make("label", { class: "hidden", for: `${name}-words` }, "还可以写几句"), words,
    make("div", { class: "actions" },
      make("button", { type: "submit", class: "main" }, "提交"),
      make("button", { type: "button", onclick: () => { close(); down.focus(); } }, "不写了")));
    box.after(form);
    down.setAttribute("aria-expanded", "true");
    form.querySelector("input").focus();
    form.scrollIntoView({ block: "nearest" });
  }

  up.addEventListener("click", async () => {
    close();
    press(up);
    if (!await tell("up", "", "谢谢")) press(null);
  });
  down.addEventListener("click", async () => {
    if (form) {
      close();
      return;
    }
    press(down);
    ask();
    announce("哪里不好？可以选几样，也可以写几句。");
    if (!await tell("down", "", "")) press(null);
  });
  return box;
}
