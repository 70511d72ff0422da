/**
 * The engine's own small programs, which stand beside this source: as texts, for no path of ours has to be reachable where
 * they run, and a long run keeps those that it began with, as it keeps its code.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The modules of `enclose/`, each after those that it imports. */
const MODULES = [
  'kernel',
  'words',
  'take',
  'publish',
  'gather',
  'command',
  'inside',
  'stages',
  'porter',
  'terminal',
  'main',
] as const

/** What `python3 -c` is given: the modules are in the environment, for a command line is what `ps` shows. */
const BOOT = `import os, sys
for name in ${JSON.stringify(MODULES.join(' '))}.split():
    sys.modules[name] = type(sys)(name)
    exec(compile(os.environ["ENCLOSE_" + name], name, "exec"), vars(sys.modules[name]))
`

/** They are not compiled: wherever this module was compiled to below the project, the source's folder is meant. */
function folder(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const candidate = join(at, 'src/engine/embedded')
    if (existsSync(join(candidate, 'enclose'))) return candidate
    if (at === dirname(at)) throw new Error('the programs of the embedded engine are missing')
    at = dirname(at)
  }
}

export interface Programs {
  /** The environment in which `python3 -I -S -c "$BOOT"` is `enclose/`. */
  readonly enclose: Readonly<Record<'BOOT' | `ENCLOSE_${string}`, string>>
  /** A script of bash: see there. */
  readonly read: string
}

let texts: Programs | undefined

export function programs(): Programs {
  if (texts !== undefined) return texts
  const at = folder()
  const modules = MODULES.map((name) => [`ENCLOSE_${name}`, readFileSync(join(at, 'enclose', `${name}.py`), 'utf8')])
  const enclose = { BOOT, ...(Object.fromEntries(modules) as Record<`ENCLOSE_${string}`, string>) }
  texts = { enclose, read: readFileSync(join(at, 'read.sh'), 'utf8') }
  return texts
}
