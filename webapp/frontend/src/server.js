// Talks to the server in JSON. A lost connection, an ended session and a refusal are three different things.

export class Offline extends Error {}

export class SignedOut extends Error {
  constructor(address) {
    super("signed out");
    this.address = address;
  }
}

export class Refused extends Error {
  constructor(status, data) {
    super(data.message ?? String(status));
    this.status = status;
    this.data = data;
  }
}

const meta = () => document.querySelector('meta[name="csrf-token"]');

/** Ask for a JSON answer; throws Offline, SignedOut or Refused(status, data). */
export async function ask(method, address, body, more = {}) {
  const first = await send(method, address, body, more);
  // The page's token belongs to a session that has ended; after a sign-in in another window it needs the new one.
  if (first.status === 400 && (await renewed())) return read(await send(method, address, body, more));
  return read(first);
}

async function send(method, address, body, more) {
  const headers = { Accept: "application/json", "X-CSRFToken": meta()?.content ?? "", ...more };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), redirect: "manual" });
  } catch {
    throw new Offline();
  }
}

async function read(response) {
  const json = response.headers.get("Content-Type")?.startsWith("application/json");
  const data = json ? await response.json().catch(() => ({})) : {};
  if (response.status === 401 || response.type === "opaqueredirect") throw new SignedOut(data.sign_in ?? "/sign-in");
  if (response.status >= 500 || response.status === 429) throw new Offline();
  if (!response.ok) throw new Refused(response.status, data);
  return data;
}

async function renewed() {
  try {
    const page = await fetch(location.pathname, { headers: { "X-Refresh": "1" }, redirect: "manual" });
    if (!page.ok) return false;
    const text = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = text.querySelector('meta[name="csrf-token"]')?.content;
    if (!token || token === meta().content) return false;
    meta().content = token;
    return true;
  } catch {
    return false;
  }
}
