// Builds what pages load into app/web/static/dist, with content-hashed names, and manifest.json that the application reads:
// {"app.js": "app-….js", "app.css": …, "diagram.js": …, "diagram.css": …, "icons.svg": …, "favicon.svg": …}.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "../app/web/static/dist");
const draft = target + ".draft";
const FIRST_PAGE = ["app.js", "app.css", "dark.css", "icons.svg", "favicon.svg"];
const FIRST_PAGE_LIMIT = 120_000; // bytes of these, compressed: leaves 30 kB of 150 to the page itself

const manifest = {};
const packages = new Set(["bootstrap-icons"]);

// Every file right under src/ is loaded by pages on its own.
async function entries() {
  return (await readdir(join(here, "src"))).filter((name) => /\.(js|css)$/.test(name)).map((name) => `src/${name}`);
}

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: await entries(),
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    outdir: draft,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022"],
    legalComments: "none", // LICENSES.txt has them whole
    loader: { ".woff": "file", ".woff2": "file" },
    metafile: true,
    logLevel: "warning",
  });
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
  }
  for (const path of Object.keys(result.metafile.inputs)) {
    const found = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
}

async function emit(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(name);
  manifest[name] = `${basename(name, extension)}-${hash}${extension}`;
  await writeFile(join(draft, manifest[name]), text);
}

// One file with the icons named in src/icons.json: <svg class="bi"><use href="…icons.svg#bell"></use></svg>.
async function sprite() {
  const names = JSON.parse(await readFile(join(here, "src/icons.json"), "utf8"));
  const symbols = await Promise.all(
    names.map(async (name) => {
      const svg = await readFile(join(here, "node_modules/bootstrap-icons/icons", `${name}.svg`), "utf8");
      const [, viewBox, paths] = svg.match(/viewBox="([^"]+)"[^>]*>([\s\S]*)<\/svg>/);
      return `<symbol id="${name}" viewBox="${viewBox}">${paths.trim()}</symbol>`;
    }),
  );
  await emit("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

// What viewer.js asks for where a PDF file needs it: the code tables of Chinese fonts, fonts that a file does not carry,
// decoders of scanned pictures. They keep their names in a folder whose name changes with their version.
async function readersParts() {
  const from = join(here, "node_modules/pdfjs-dist");
  const { version } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  manifest.pdfjs = `pdfjs-${version}/`;
  const parts = ["cmaps", "standard_fonts", "wasm", "iccs"];
  await Promise.all(parts.map((part) => cp(join(from, part), join(draft, manifest.pdfjs, part), { recursive: true })));
}

// The licences of the packages whose code is in the bundles.
async function licences() {
  const folders = [...packages].sort();
  const texts = await Promise.all(
    folders.map(async (name) => {
      const folder = join(here, "node_modules", name);
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
      return `${name}\n\n${file ? await readFile(join(folder, file), "utf8") : "see its package.json"}`;
    }),
  );
  await writeFile(join(draft, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n`));
}

const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);
const kilobytes = (content) => (content.length / 1000).toFixed(1).padStart(7);

// Beside each text stand its compressed twins, which the application sends to those who read them.
async function compress() {
  const sizes = {};
  const twin = async (name) => {
    const text = await readFile(join(draft, name));
    const [small, smaller] = await Promise.all([gzip(text, { level: 9 }), brotli(text)]);
    await writeFile(join(draft, `${name}.gz`), small);
    await writeFile(join(draft, `${name}.br`), smaller);
    sizes[name] = small.length;
    console.log(`${kilobytes(small)} kB gzip ${kilobytes(smaller)} kB brotli  ${name}`);
  };
  await Promise.all((await readdir(draft)).filter((name) => /\.(m?js|css|svg)$/.test(name)).map(twin));
  const first = FIRST_PAGE.reduce((sum, name) => sum + sizes[manifest[name]], 0);
  if (first > FIRST_PAGE_LIMIT) throw new Error(`The first page loads ${first} bytes, more than ${FIRST_PAGE_LIMIT}.`);
}

await rm(draft, { recursive: true, force: true });
await mkdir(draft, { recursive: true });
await bundle();
await sprite();
await emit("favicon.svg", await readFile(join(here, "src/favicon.svg"), "utf8"));
await readersParts();
await licences();
await compress();
await writeFile(join(draft, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
await rm(target, { recursive: true, force: true }); // from here to the next line nothing is served
await rename(draft, target);
