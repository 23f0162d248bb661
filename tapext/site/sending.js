/** Files on their way to the service: with progress, at once or as a job (UWS 1.1), until somebody cancels. */

import { findSentence, Refusal, send, SERVICE } from "./tap.js";

export const LARGE = 30 << 20; // bytes; the service describes larger files in jobs
const TOO_LARGE = 413;
const LONGEST_WAIT = 20; // seconds, after which the service is asked again how far a job is
const ENDED = new Set(["COMPLETED", "ERROR", "ABORTED", "HELD", "ARCHIVED"]);

/** @typedef {(sent: number, total: number) => void} Tell says how many bytes have been sent */

/**
 * Send a file to a service and give its answer; large files become jobs.
 * @param {string} path of a service that has jobs at path/async
 * @param {File} file
 * @param {Record<string, string | number>} words the other parameters
 * @param {{signal: AbortSignal, tell?: Tell}} options
 * @returns {Promise<Blob>}
 */
export async function sendFile(path, file, words, options) {
  if (file.size <= LARGE) {
    const answer = await post(path, file, words, options);
    if (answer.status < 400) return answer.response;
    if (answer.status !== TOO_LARGE) throw new Refusal(findSentence(await answer.response.text(), answer.status));
  }
  return sendJob(`${path}/async`, file, words, options);
}

/** @param {string} path @param {File} file @param {Record<string, string | number>} words @param {any} options */
async function sendJob(path, file, words, options) {
  const answer = await post(path, file, { ...words, PHASE: "RUN" }, options);
  if (answer.status >= 400) throw new Refusal(findSentence(await answer.response.text(), answer.status));
  const job = answer.responseURL.slice(SERVICE.length).split("?")[0];
  try {
    await waitForJob(job, options.signal);
    return await (await send(`${job}/results/result`, { signal: options.signal })).blob();
  } finally {
    // Nothing is left of it, cancelled or not; the visitor need not wait for that.
    fetch(SERVICE + job, { method: "DELETE", redirect: "manual", keepalive: true }).catch(() => {});
  }
}

/** @param {string} job @param {AbortSignal} signal */
async function waitForJob(job, signal) {
  let phase = "EXECUTING";
  while (!ENDED.has(phase)) {
    const answer = await send(`${job}?${new URLSearchParams({ WAIT: String(LONGEST_WAIT), PHASE: phase })}`, { signal });
    const document = new DOMParser().parseFromString(await answer.text(), "application/xml");
    const read = (/** @type {string} */ name) => document.getElementsByTagNameNS("*", name)[0]?.textContent?.trim() ?? "";
    phase = read("phase");
    if (phase === "ERROR") throw new Refusal(read("message") || "The service could not describe the file.");
  }
  if (phase !== "COMPLETED") throw new Refusal("The service ended the job before it was done. Send the file again.");
}

/**
 * Post a form with a file; fetch does not tell how much of it has been sent.
 * @param {string} path @param {File} file @param {Record<string, string | number>} words
 * @param {{signal: AbortSignal, tell?: Tell}} options
 * @returns {Promise<XMLHttpRequest>}
 */
function post(path, file, words, { signal, tell }) {
  const form = new FormData();
  for (const [name, value] of Object.entries(words)) form.append(name, String(value));
  form.append("IMAGE", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", SERVICE + path);
    request.responseType = "blob";
    request.upload.onprogress = ({ loaded, total }) => tell?.(loaded, total);
    request.upload.onload = () => tell?.(1, 1);
    request.onload = () => resolve(request);
    request.onerror = () => reject(new Refusal("The connection broke while the file was being sent. Check it and send the file again."));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
