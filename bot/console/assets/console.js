// What the pages of the console do beyond plain HTML: follow a trial, and choose a list by using it.

const TRIAL_POLL = 700;

async function follow(told) {
  const bar = document.getElementById("progress");
  for (;;) {
    await new Promise((done) => setTimeout(done, TRIAL_POLL));
    let progress;
    try {
      const response = await fetch(told.dataset.progress, { headers: { Accept: "application/json" } });
      if (response.redirected || !response.ok) break;
      progress = await response.json();
    } catch {
      continue; // the server is away for a moment
    }
    if (progress.over) break;
    if (progress.of) {
      bar.max = progress.of;
      bar.value = progress.done;
      told.textContent = `正在试跑：${progress.done} / ${progress.of} 个测试问题`;
    }
  }
  location.reload();
}

function chooseByList(list) {
  const radio = document.querySelector(`input[data-list="${list.id}"]`);
  list.addEventListener("change", () => {
    radio.checked = true;
  });
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

const told = document.querySelector("[data-progress]");
if (told) follow(told);
document.querySelectorAll(".with-list select").forEach(chooseByList);
document.querySelectorAll("form[method=post]").forEach(sendOnce);
document.querySelector("#last")?.scrollIntoView({ block: "nearest" });
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
});
