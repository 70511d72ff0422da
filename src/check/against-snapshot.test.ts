import { expect, test } from 'vitest'
import { piece } from '../portage/pieces.testkit.ts'
import { againstSnapshots } from './against-snapshot.ts'
import { machine, SNAPSHOT } from './checked.testkit.ts'

const found = (files: Readonly<Record<string, string>>) =>
  againstSnapshots([machine([piece('global', 'g', files)])], [SNAPSHOT]).map(
    ({ code, hint }) => `${code}${hint === undefined ? '' : ` ${hint}`}`,
  )

test.each([
  // Masks are made for versions that are still to come.
  [{ 'package.mask': '>=app-misc/greet-2\n' }, []],
  [{ 'profile/package.mask': '>=app-misc/greet-2\n' }, []],
  [{ 'package.mask': 'app-misc/greeting\n' }, ['no-such-package']],
  [{ 'package.mask': 'app-misc/greets\n' }, ['no-such-package Did you mean app-misc/greet?']],
  [{ 'package.unmask': '>=app-misc/greet-2\n' }, ['no-such-package There are 1.0:0::gentoo, 1.1:0::gentoo.']],
  [{ 'package.use': 'app-misc/libgreet nls\n' }, ['no-such-package Did you mean dev-libs/libgreet?']],
  [{ 'package.use': '*/* video_cards_none\n*/* nosuch\n' }, ['no-such-flag']],
  [{ 'package.use': 'app-misc/greet video_cards_none\n' }, ['no-such-flag']],
])('%j', (files, expected) => expect(found(files)).toEqual(expected))
