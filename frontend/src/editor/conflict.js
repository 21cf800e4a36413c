// Somebody else was quicker to save: what one did is kept, one way or the other.
import { keep } from "./keeping.js";
import { ask } from "./office.js";

export function conflict(bench, said) {
  const sheet = document.querySelector("[data-conflict]");
  sheet.querySelector("[data-conflict-text]").textContent = said;
  const ways = {
    stay: () => {},
    theirs: async () => {
      bench.take(await ask("GET", `/benches/${bench.told.id}`));
      bench.discard();
    },
    copy: async () => location.assign(`/studio/benches/${(await copied(bench)).id}`),
    compare: async () => location.assign(`${bench.told.compare.split("?")[0]}?before=${bench.told.id}&after=${(await copied(bench)).id}`),
  };
  for (const control of sheet.querySelectorAll("[data-way]")) {
    control.onclick = () => (sheet.close(), ways[control.dataset.way]()?.catch?.((error) => bench.failed(error)));
  }
  sheet.showModal();
}

async function copied(bench) {
  const made = await ask("POST", `/benches/${bench.told.id}/copies`, { files: bench.changes });
  keep(bench.told, bench.stamp, null);
  bench.saved = new Map(bench.files);
  return made;
}
