// What the editor asks of the office: the operations of the API, with the proof that a page of ours sends it.
export class Refused extends Error {
  constructor(status, said) {
    super(said.detail ?? String(status));
    this.status = status;
    this.said = said;
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]');

// Who signed in anew in another tab has another proof: it stands in the page as it is sent now.
async function renew() {
  const page = await (await fetch(location.pathname, { credentials: "same-origin" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="csrf-token"]')?.content;
  if (!fresh || fresh === token().content) return false;
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = fresh;
  token().content = fresh;
  return true;
}

export async function ask(method, path, body, stamp, isSecond = false) {
  const headers = {
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang,
    "X-CSRFToken": token().content,
  };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (stamp !== undefined) headers["If-Match"] = `"${stamp}.bench"`;
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers,
    credentials: "same-origin",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (answer.status === 403 && said.code === "csrf" && !isSecond && (await renew())) return ask(method, path, body, stamp, true);
  if (!answer.ok) throw new Refused(answer.status, said);
  return said;
}
