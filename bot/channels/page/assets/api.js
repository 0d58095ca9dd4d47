/** Calls of the bot's own JSON API. */

const PATIENCE = 20_000; // milliseconds

/** A call that failed: `message` is for residents, `faults` names fields; `lost` where no answer came at all. */
export class CallError extends Error {
  constructor(message, { lost = false, code = "", faults = [] } = {}) {
    super(message);
    this.lost = lost;
    this.code = code;
    this.faults = faults;
  }
}

const TOLD = {
  413: "这段话太长了，请分成几次发。",
  422: "这句话我处理不了，请换个说法。",
  429: "问得太快了，请过一会儿再试。",
};
const NO_ANSWER = "没有连上服务器，请检查网络。";
const TROUBLE = "服务器暂时有问题，请过一会儿再试。";

let visit = null; // held where programs need a token

async function send(path, body) {
  const headers = visit ? { Authorization: `Bearer ${visit}` } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      body: body === undefined ? undefined : JSON.stringify(body),
      headers,
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new CallError(NO_ANSWER, { lost: true });
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    throw new CallError(TROUBLE, { lost: true });
  }
}

/** Call the API with a body, or without one to ask only; give what it answers, or raise a CallError. */
export async function call(path, body) {
  let response = await send(path, body);
  if (response.status === 401) {
    visit = null;
    const begun = await send("/api/visit", {});
    if (begun.ok) {
      visit = (await read(begun)).visit;
      response = await send(path, body);
    }
  }
  const answer = await read(response);
  if (response.ok) return answer;
  const { code, message, faults } = answer.error ?? {};
  const told = path === "/api/calculate" && response.status === 422 ? message : TOLD[response.status];
  throw new CallError(told ?? TROUBLE, { lost: told === undefined, code, faults });
}
