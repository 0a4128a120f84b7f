// SPDX-License-Identifier: Apache-2.0
// Bundles the report page's script and style: bundle.mjs NODE_MODULES OUT. Writes report.js, report.css and report.hash,
// the script's hash as a Content-Security-Policy names it.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [modules, out] = process.argv.slice(2);
if (!modules || !out) {
  console.error("bundle.mjs: give the folder of node_modules and the folder to write to");
  process.exit(2);
}
const { build } = createRequire(join(modules, "esbuild/package.json"))("esbuild");
const source = join(dirname(fileURLToPath(import.meta.url)), "src");

const bundled = await build({
  entryPoints: { report: join(source, "main.ts"), style: join(source, "style.css") },
  bundle: true, write: false, minify: true, format: "iife", target: ["es2020"], charset: "utf8", legalComments: "none",
  outdir: out, nodePaths: [modules], logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
});
const text = (ending) => bundled.outputFiles.find((file) => file.path.endsWith(ending)).text.trim();
// A script element ends at the first "</script", wherever it stands; one that a comment opens is read differently.
const script = text("report.js").replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "report.css"), text("style.css"));
writeFileSync(join(out, "report.hash"), "sha256-" + createHash("sha256").update(script, "utf8").digest("base64"));
writeFileSync(join(out, "report.js"), script);
