/** The stages' fixed scripts. They stand beside this source and are handed to bash as text: no path of ours has to be reachable inside. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['claim', 'gather', 'descend', 'part', 'relay', 'inside', 'launch', 'own', 'resolve', 'read'] as const

/** `.sh` files are not compiled: wherever this module was compiled to below the project, the source's folder is meant. */
function folder(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const candidate = join(at, 'src/engine/embedded/scripts')
    if (existsSync(candidate)) return candidate
    if (at === dirname(at)) throw new Error('the scripts of the embedded engine are missing')
    at = dirname(at)
  }
}

let texts: Record<string, string> | undefined

/** Each script under the name of the environment variable in which the stages hand it on. */
export function scripts(): Record<string, string> {
  texts ??= Object.fromEntries(
    NAMES.map((name) => [name.toUpperCase(), readFileSync(join(folder(), `${name}.sh`), 'utf8')]),
  )
  return texts
}
