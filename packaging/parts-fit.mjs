/** Ends with status 0 when node_modules/ holds exactly what package-lock.json asks for on this machine. */
import { readFileSync } from 'node:fs'

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).packages

try {
  const wanted = read('../package-lock.json')
  const installed = read('../node_modules/.package-lock.json')
  const fits = Object.entries(wanted).every(
    ([path, part]) =>
      path === '' || (installed[path] === undefined ? part.optional : installed[path].integrity === part.integrity),
  )
  const extra = Object.keys(installed).some((path) => wanted[path] === undefined)
  process.exitCode = fits && !extra ? 0 : 1
} catch {
  process.exitCode = 1
}
