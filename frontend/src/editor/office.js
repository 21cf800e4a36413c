// What the editor asks of the office: the operations of the API, with the proof that a page of ours sends it.
export class Refused extends Error {
  constructor(status, said) {
    super(said.detail ?? String(status));
    this.status = status;
    this.said = said;
  }
}

export async function ask(method, path, body, stamp) {
  const headers = {
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang,
    "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
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
  if (!answer.ok) throw new Refused(answer.status, said);
  return said;
}
