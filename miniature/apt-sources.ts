/** The Debian mirrors that this host already uses, in apt's one-line form: the base comes from there. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing, readIfThere } from '../src/system/files.ts'
import { SUITE } from './pins.ts'

export interface DebianSources {
  readonly suite: string
  /** Lines of a sources.list; none where the host is not a Debian: mmdebstrap then has mirrors of its own. */
  readonly lines: readonly string[]
}

/** @param root where the host's `/etc` is found */
export async function hostSources(root = '/'): Promise<DebianSources> {
  const release = (await readIfThere(join(root, 'etc/os-release'))) ?? ''
  const suite = /^ID=debian$/m.test(release) ? /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1] : undefined
  if (suite === undefined) return { suite: SUITE, lines: [] }
  const lines: string[] = []
  for (const path of ['etc/apt/sources.list', ...(await parts(root))]) {
    const text = (await readIfThere(join(root, path))) ?? ''
    lines.push(...(path.endsWith('.sources') ? fromStanzas(text, suite) : fromLines(text, suite)))
  }
  return { suite, lines }
}

async function parts(root: string): Promise<string[]> {
  const folder = 'etc/apt/sources.list.d'
  try {
    const names = await readdir(join(root, folder))
    return names
      .filter((name) => /\.(list|sources)$/.test(name))
      .toSorted()
      .map((name) => join(folder, name))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Pure. The Debian entries of a sources.list. */
export function fromLines(text: string, suite: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().replaceAll(/\s+/g, ' '))
    .filter((line) => {
      const [, name, components] = /^deb (?:\[[^\]]*\] )?\S+ (\S+) (.+)$/.exec(line) ?? []
      return name !== undefined && components !== undefined && isDebian(name, components.split(' '), suite)
    })
}

/** Pure. The Debian entries of a file of deb822 stanzas (`*.sources`). */
export function fromStanzas(text: string, suite: string): string[] {
  return text.split(/\n(?:[ \t]*\n)+/).flatMap((stanza) => {
    const fields = fieldsOf(stanza)
    const list = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean)
    if (fields.get('enabled') === 'no' || !list('types').includes('deb')) return []
    const keyring = fields.get('signed-by')
    // A key written into the stanza itself has no one-line form; mmdebstrap then finds Debian's own keyring.
    const options = keyring !== undefined && keyring.startsWith('/') ? `[signed-by=${keyring}] ` : ''
    return list('uris').flatMap((uri) =>
      list('suites')
        .filter((name) => isDebian(name, list('components'), suite))
        .map((name) => `deb ${options}${uri} ${name} ${list('components').join(' ')}`),
    )
  })
}

/** Fields of a stanza by lower-case name, continuation lines joined. */
function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>()
  let last = ''
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue
    const [, name, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? []
    if (name !== undefined) {
      last = name.toLowerCase()
      fields.set(last, (value ?? '').trim())
    } else if (/^\s+\S/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`.trim())
    }
  }
  return fields
}

/** Other vendors name their suites differently or have no component `main`. Backports would mix releases. */
function isDebian(name: string, components: readonly string[], suite: string): boolean {
  return [suite, `${suite}-updates`, `${suite}-security`].includes(name) && components.includes('main')
}
