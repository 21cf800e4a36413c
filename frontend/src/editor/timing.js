// Durations, dates and repeats as they are read: "P5D" is five working days.
const DURATION = /^P(?=.)(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?=.)(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?$/;
const UNITS = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"];

export const isDuration = (value) => DURATION.test(value);

function lasting(value, calendar, say) {
  const found = DURATION.exec(value);
  if (!found) return "";
  const counted = calendar === "civil" ? (unit) => unit : (unit) => ({ days: "working days", hours: "office hours" })[unit] ?? unit;
  const parts = UNITS.map((unit, at) => found[at + 1] && Number(found[at + 1]) && say(`%(number)s ${counted(unit)}`, { number: Number(found[at + 1]) })).filter(Boolean);
  return parts.join(say(", "));
}

// In words; "" where it is an expression or cannot be read.
export function reading(value, calendar, say) {
  const text = (value ?? "").trim();
  const [repeat, ...rest] = text.split("/");
  const times = /^R([0-9]*)$/.exec(repeat);
  if (times) {
    const every = lasting(rest.at(-1) ?? "", calendar, say);
    if (!every) return "";
    return times[1] ? say("%(times)s times, every %(time)s", { times: times[1], time: every }) : say("again and again, every %(time)s", { time: every });
  }
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: text.includes("T") ? "short" : undefined });
  return lasting(text, calendar, say);
}
