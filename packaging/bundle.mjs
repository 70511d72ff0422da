/**
 * node bundle.mjs FOLDER: the program in few files, which node reads in a third of the time that hundreds take. A file for
 * what every verb needs, others for what is loaded when it is wanted; the map beside each names our own lines in a stack trace.
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const [outdir] = process.argv.slice(2)

await build({
  entryPoints: [fileURLToPath(new URL('../src/cli.ts', import.meta.url))],
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  // Parts that are CommonJS ask for node's own modules in this way.
  banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
})
