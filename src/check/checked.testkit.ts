/** What rules of `check` look at, written down shortly. */
import { compose } from '../portage/compose.ts'
import type { ComposerPiece } from '../portage/model.ts'
import { LISTS } from '../portage/pieces.testkit.ts'
import type { Snapshot } from '../portage/snapshot/snapshot.ts'
import type { CheckedMachine } from './machine.ts'

/** @param set the text of a set `tools` of package.sets/ */
export function machine(pieces: readonly ComposerPiece[], set?: string, name = 'porch'): CheckedMachine {
  const sets = set === undefined ? [] : [{ name: 'tools', file: 'package.sets/tools', text: set }]
  return { name, composed: compose(pieces, sets, LISTS) }
}

/** Two packages, 1.0 and 1.1 of each. */
export const SNAPSHOT: Snapshot = {
  repository: 'gentoo',
  revision: '0'.repeat(40),
  names: ['app-misc/greet', 'dev-libs/libgreet'],
  categories: ['app-misc', 'dev-libs'],
  arches: ['amd64'],
  licenseGroups: new Map(),
  sets: ['greetings'],
  profiles: ['base', 'default', 'default/linux'],
  versionsOf: (name) =>
    SNAPSHOT.names.includes(name)
      ? ['1.0', '1.1'].map((version) => {
          const [category = '', word = ''] = name.split('/')
          return {
            category,
            package: word,
            version,
            slot: '0',
            subSlot: '0',
            repository: 'gentoo',
            keywords: ['amd64'],
            iuse: ['color', 'nls'],
          }
        })
      : [],
}
