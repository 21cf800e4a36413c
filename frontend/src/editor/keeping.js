// What was not saved yet, kept in this browser under who did it and upon which stamp; gone as soon as it is saved.
const name = ({ who, id }) => `bench:${who}:${id}`;

export function keep(told, stamp, files) {
  try {
    if (files) localStorage.setItem(name(told), JSON.stringify({ stamp, files }));
    else localStorage.removeItem(name(told));
  } catch {
    // a browser that keeps nothing: the page still asks before it is left
  }
}

export function kept(told) {
  try {
    return JSON.parse(localStorage.getItem(name(told)));
  } catch {
    return null;
  }
}
