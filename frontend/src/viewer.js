// Draws PDF files into a page: a sheet for each page, drawn when it comes into sight, with its text to be selected, found and
// read out. Nothing of a file is run: no scripts, no forms, no evaluated code; links of a file are not followed.
import { GlobalWorkerOptions, TextLayer, VerbosityLevel, getDocument } from "pdfjs-dist";

const GAP = 16; // px between a sheet and the border
const SHARPEST = 2.5; // canvas pixels to a pixel of the screen
const NEAR = "150% 0%"; // sheets that are drawn before they are in sight

function reader(address, { worker, parts }) {
  GlobalWorkerOptions.workerPort ??= new Worker(worker);
  return getDocument({
    url: address,
    withCredentials: true,
    isEvalSupported: false,
    verbosity: VerbosityLevel.ERRORS,
    enableXfa: false,
    disableAutoFetch: true,
    cMapUrl: `${parts}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${parts}standard_fonts/`,
    wasmUrl: `${parts}wasm/`,
    iccUrl: `${parts}iccs/`,
    useWorkerFetch: true,
  });
}

class Sheet {
  constructor(page, label) {
    this.page = page;
    this.element = document.createElement("div");
    this.element.className = "viewer-page";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", label);
  }

  fit(scale, turned) {
    this.view = this.page.getViewport({ scale, rotation: (this.page.rotate + turned) % 360 });
    this.element.style.width = `${Math.floor(this.view.width)}px`;
    this.element.style.height = `${Math.floor(this.view.height)}px`;
    this.element.style.setProperty("--total-scale-factor", this.view.scale);
    this.clear();
  }

  clear() {
    this.task?.cancel();
    this.task = null;
    this.element.replaceChildren();
  }

  async draw() {
    if (this.task) return;
    const sharp = Math.min(devicePixelRatio || 1, SHARPEST);
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(this.view.width * sharp);
    canvas.height = Math.floor(this.view.height * sharp);
    this.element.replaceChildren(canvas);
    const task = this.page.render({ canvas, viewport: this.view, transform: sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0] });
    this.task = task;
    await task.promise;
    if (this.task !== task) return;
    const text = document.createElement("div");
    text.className = "textLayer";
    this.element.append(text);
    await new TextLayer({ textContentSource: this.page.streamTextContent(), container: text, viewport: this.view }).render();
  }
}

// The page that is most in sight.
function shownIn(sheet, pages) {
  const middle = sheet.scrollTop + sheet.clientHeight / 3;
  const found = pages.findIndex((page) => page.element.offsetTop + page.element.offsetHeight > middle);
  return found < 0 ? pages.length : found + 1;
}

async function pdf(sheet, address, options) {
  const loading = reader(address, options);
  const file = await loading.promise;
  const found = await Promise.all(Array.from({ length: file.numPages }, (_, index) => file.getPage(index + 1)));
  const pages = found.map((page) => new Sheet(page, options.label(page.pageNumber)));
  let zoom = 1;
  let turned = 0;
  let width = 0;
  let isWhole = false; // whether a page is to be seen from top to bottom, or as wide as there is room

  const quietly = (drawn) => drawn.catch((error) => error.name === "RenderingCancelledException" || Promise.reject(error));
  const watch = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        const page = pages.find((one) => one.element === target);
        if (isIntersecting) quietly(page.draw());
        else page.clear();
      }
    },
    { root: sheet, rootMargin: NEAR },
  );
  const layOut = () => {
    const place = sheet.scrollHeight ? sheet.scrollTop / sheet.scrollHeight : 0;
    width = sheet.clientWidth;
    for (const page of pages) {
      const natural = page.page.getViewport({ scale: 1, rotation: (page.page.rotate + turned) % 360 });
      const wide = (width - 2 * GAP) / natural.width;
      const high = (sheet.clientHeight - 2 * GAP) / natural.height;
      page.fit(Math.max((isWhole ? Math.min(wide, high) : wide) * zoom, 0.1), turned);
      watch.unobserve(page.element);
      watch.observe(page.element);
    }
    sheet.scrollTop = place * sheet.scrollHeight;
  };
  const change = (act) => () => {
    act();
    layOut();
  };
  sheet.replaceChildren(...pages.map((page) => page.element));
  layOut();

  const told = () => {
    if (document.activeElement !== options.page) options.page.value = shownIn(sheet, pages);
  };
  const go = () => pages[Number(options.page.value) - 1]?.element.scrollIntoView({ block: "start" });
  const resized = new ResizeObserver(() => {
    if (Math.abs(sheet.clientWidth - width) > 1) layOut();
  });
  options.count.textContent = pages.length;
  told();
  sheet.addEventListener("scroll", told);
  options.page.addEventListener("change", go);
  resized.observe(sheet);
  return {
    ready: quietly(pages[0].draw()),
    smaller: change(() => (zoom = Math.max(zoom / 1.25, 0.25))),
    larger: change(() => (zoom = Math.min(zoom * 1.25, 6))),
    fit: change(() => {
      isWhole = zoom === 1 && !isWhole;
      zoom = 1;
    }),
    turn: change(() => (turned = (turned + 90) % 360)),
    close: () => {
      watch.disconnect();
      resized.disconnect();
      sheet.removeEventListener("scroll", told);
      options.page.removeEventListener("change", go);
      for (const page of pages) page.clear();
      loading.destroy();
    },
  };
}

window.greenlightViewer = { pdf };
