/**
 * For other sites: one script tag puts a button in the corner, which opens the chat page in a frame.
 *
 *   <script src="https://bot.example.cn/embed.js" data-region="datong" defer></script>
 *
 * data-region presets the place, data-label names the button. The site has to be among YIBAO_EMBED_SITES.
 */
(() => {
  const script = document.currentScript;
  const home = new URL("/", script.src);
  const label = script.dataset.label || "医保小助手";
  const STYLE = `
    :host { all: initial; }
    button {
      position: fixed; right: 16px; bottom: 16px; z-index: 2147483001;
      min-width: 56px; height: 56px; padding: 0 20px; border: 0; border-radius: 28px;
      background: #0b6b46; color: #fff; font: 600 16px/1 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif;
      box-shadow: 0 6px 24px rgb(0 0 0 / .25); cursor: pointer;
    }
    button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; }
    iframe {
      position: fixed; right: 16px; bottom: 84px; z-index: 2147483000;
      width: min(420px, calc(100vw - 32px)); height: min(720px, calc(100vh - 108px));
      border: 0; border-radius: 16px; background: #f4f6f5; box-shadow: 0 12px 48px rgb(0 0 0 / .3);
    }
    [hidden] { display: none; }
    @media (max-width: 520px) {
      iframe { right: 0; bottom: 0; width: 100vw; height: calc(100vh - 64px); border-radius: 16px 16px 0 0; }
      button[aria-expanded="true"] { top: 4px; bottom: auto; }
    }
  `;

  function address() {
    const url = new URL(home);
    url.searchParams.set("embedded", "1");
    if (script.dataset.region) url.searchParams.set("region", script.dataset.region);
    return url.href;
  }

  function place() {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // a style element would need the site's content policy to allow it
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];

    const button = document.createElement("button");
    button.type = "button";
    const frame = document.createElement("iframe");
    frame.title = label;
    frame.hidden = true;

    function show(open) {
      if (open && !frame.src) frame.src = address();
      frame.hidden = !open;
      button.textContent = open ? "收起" : label;
      button.setAttribute("aria-expanded", String(open));
    }

    button.addEventListener("click", () => show(frame.hidden));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") show(false);
    });
    show(false);
    root.append(frame, button);
    document.body.append(host);
  }

  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
})();
