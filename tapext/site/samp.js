/** Tables to TOPCAT and others on the visitor's machine: SAMP 1.3 by its Web Profile (sect. 5). */

const HUBS = ["http://localhost:21012/", "http://127.0.0.1:21012/"];
const TABLE = "table.load.votable";

/** What keeps a table from being sent, as a sentence. */
export class SampError extends Error {}

/** A connection to the hub, made when it is first needed. */
export class Samp {
  #key = null;
  #hub = "";

  /**
   * Send a table to all programs that take tables.
   * @param {{url: string, name: string}} table url = of a VOTable that they can fetch
   * @returns {Promise<string[]>} the names of those programs
   */
  async sendTable({ url, name }) {
    if (!this.#key) await this.#register();
    const clients = Object.keys(await this.#subscribers());
    if (!clients.length) throw new SampError("A SAMP hub runs on this machine, but no program there takes tables. Start TOPCAT and try again.");
    const message = { "samp.mtype": TABLE, "samp.params": { url, name, "table-id": url.slice(0, 200) } };
    for (const client of clients) await this.#call("notify", client, message);
    return Promise.all(clients.map((client) => this.#nameOf(client)));
  }

  async #register() {
    for (const hub of HUBS) {
      this.#hub = hub;
      const answer = await callHub(hub, "samp.webhub.register", [{ "samp.name": "CAOM-AI" }]).catch((error) => {
        if (error instanceof SampError) throw error;
        return null;
      });
      if (!answer) continue;
      this.#key = answer["samp.private-key"];
      await this.#call("declareMetadata", { "samp.name": "CAOM-AI", "samp.description.text": "Content-based search in an image archive" });
      addEventListener("pagehide", () => this.#leave(), { once: true });
      return;
    }
    throw new SampError("No SAMP hub answers on this machine. Start TOPCAT, or another program with a hub, and try again.");
  }

  /** A hub that was started anew does not know us: register again, once. */
  async #subscribers() {
    try {
      return await this.#call("getSubscribedClients", TABLE);
    } catch {
      await this.#register();
      return this.#call("getSubscribedClients", TABLE);
    }
  }

  async #nameOf(client) {
    const metadata = await this.#call("getMetadata", client).catch(() => ({}));
    return String(metadata["samp.name"] ?? client);
  }

  #call(method, ...values) {
    return callHub(this.#hub, `samp.webhub.${method}`, [this.#key, ...values]);
  }

  #leave() {
    callHub(this.#hub, "samp.webhub.unregister", [this.#key], { keepalive: true }).catch(() => null);
    this.#key = null;
  }
}

async function callHub(hub, method, values, options = {}) {
  const body = `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${values.map((value) => `<param>${writeValue(value)}</param>`).join("")}</params></methodCall>`;
  const answer = await fetch(hub, { method: "POST", headers: { "Content-Type": "text/xml" }, body, ...options });
  return readAnswer(await answer.text());
}

/** Write a string or a map of strings as XML-RPC. */
export function writeValue(value) {
  if (typeof value !== "object") return `<value><string>${escape(String(value))}</string></value>`;
  const members = Object.entries(value).map(([name, one]) => `<member><name>${escape(name)}</name>${writeValue(one)}</member>`);
  return `<value><struct>${members.join("")}</struct></value>`;
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Read what the hub says. */
export function readAnswer(text) {
  const answer = new DOMParser().parseFromString(text, "text/xml");
  const fault = answer.querySelector("fault > value");
  if (fault) throw new SampError(`The SAMP hub refused: ${readValue(fault).faultString ?? "it gave no reason"}.`);
  const value = answer.querySelector("params > param > value");
  return value ? readValue(value) : "";
}

function readValue(value) {
  const typed = value.firstElementChild;
  if (typed?.tagName === "struct") {
    return Object.fromEntries([...typed.children].map((member) => [member.querySelector(":scope > name").textContent, readValue(member.querySelector(":scope > value"))]));
  }
  if (typed?.tagName === "array") return [...typed.querySelectorAll(":scope > data > value")].map(readValue);
  return value.textContent;
}
