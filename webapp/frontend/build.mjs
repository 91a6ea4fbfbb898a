// Builds ../static/vendor/modeler from src/. `node build.mjs --check` builds elsewhere and compares instead.
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../static/vendor/modeler");

// The icon font's own sheet carries five formats; every browser that runs the modeler reads woff2.
const woff2Only = {
  name: "woff2-only",
  setup(it) {
    it.onLoad({ filter: /bpmn-font[/\\]css[/\\]bpmn\.css$/ }, async ({ path }) => {
      const sheet = await readFile(path, "utf8");
      const face = '@font-face { font-family: "bpmn"; src: url("../font/bpmn.woff2") format("woff2"); font-display: block; }';
      return { contents: sheet.replace(/@font-face\s*\{[^}]*\}/, () => face), loader: "css", resolveDir: dirname(path) };
    });
  },
};

// The panel's library brings code editors for other products' expression languages, which no group of ours shows.
// They would be a third of the bundle. Two of their functions are called while loading.
const LEFT_OUT = /^(@codemirror\/|@bpmn-io\/(feel-editor|feelers-editor|extract-process-variables))/;
const NAMES = `EditorView highlightSpecialChars drawSelection keymap placeholder lineNumbers EditorState syntaxHighlighting defaultHighlightStyle
  foldGutter bracketMatching foldKeymap closeBrackets closeBracketsKeymap history defaultKeymap historyKeymap json linter
  FeelersEditor getVariablesForElement getVariablesForScope`;
const withoutCodeEditors = {
  name: "without-code-editors",
  setup(it) {
    const nothing = NAMES.split(/\s+/).map((name) => `export const ${name} = undefined;`).join("\n");
    const contents = `${nothing}\nexport const Annotation = { define() {} };\nexport function jsonParseLinter() {}\nexport default undefined;`;
    it.onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, namespace: "left-out" }));
    it.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents, loader: "js" }));
  },
};

// The panel's library is one file with the groups of two other products, which no page of ours registers, and with a
// picture for each kind of element, which its head shows beside the word for it: two fifths of the bundle. What its top
// level does keeps them there; without that esbuild leaves them out.
const OTHERS = /^(Zeebe|CamundaPlatform)PropertiesProvider\.\$inject = .*$/gm;
const CALLED = /^(const \w+ = )(with\w+\()/gm;
const PICTURES = /^(var|const) iconsByType = \{[^}]*\};$/gm;
const onlyWhatIsShown = {
  name: "only-what-is-shown",
  setup(it) {
    it.onLoad({ filter: /bpmn-js-properties-panel[/\\]dist[/\\]index\.esm\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (source.match(OTHERS)?.length !== 2 || source.match(PICTURES)?.length !== 1) throw new Error("The panel's library has changed: look anew at what of it is shown.");
      const contents = source.replace(OTHERS, "").replace(CALLED, "$1/* @__PURE__ */ $2").replace(PICTURES, "const iconsByType = {};");
      return { contents, loader: "js", resolveDir: dirname(path) };
    });
  },
};

async function bundle(folder) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { modeler: "src/main.js" },
    outdir: folder,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome109", "firefox115", "safari16"],
    jsx: "automatic",
    jsxImportSource: "@bpmn-io/properties-panel/preact",
    loader: { ".woff2": "file" },
    assetNames: "[name]",
    legalComments: "none",
    charset: "utf8",
    metafile: true,
    plugins: [woff2Only, withoutCodeEditors, onlyWhatIsShown],
    logLevel: "warning",
  });
  await writeFile(join(folder, "LICENSES.txt"), await licences(Object.keys(result.metafile.inputs)));
}

// The licence of every package a byte of which is in the bundle.
async function licences(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) folders.add(found[1]);
  }
  const parts = [];
  for (const name of [...folders].sort()) {
    const folder = join(here, "node_modules", name);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const files = (await readdir(folder)).filter((file) => /^licen[cs]e/i.test(file)).sort();
    const text = files.length ? (await readFile(join(folder, files[0]), "utf8")).replace(/\r\n/g, "\n").trim() : "";
    parts.push(`${name} ${about.version}\n${about.license ?? ""}\n\n${text}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

async function differences(one, other) {
  const names = new Set([...(existsSync(one) ? await readdir(one) : []), ...(await readdir(other))]);
  const found = [];
  for (const name of [...names].sort()) {
    const [left, right] = await Promise.all([one, other].map((folder) => readFile(join(folder, name)).catch(() => null)));
    if (!left || !right || !left.equals(right)) found.push(name);
  }
  return found;
}

if (process.argv.includes("--check")) {
  const folder = await mkdtemp(join(tmpdir(), "modeler-"));
  await bundle(folder);
  const found = await differences(target, folder);
  await rm(folder, { recursive: true });
  if (found.length) {
    console.error(`${relative(process.cwd(), target)} is not what its sources make: ${found.join(", ")}. Type: npm run build`);
    process.exit(1);
  }
  console.log("The modeler bundle is what its sources make.");
} else {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await bundle(target);
}
