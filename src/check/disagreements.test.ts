import { describe, expect, test } from 'vitest'
import { piece } from '../portage/pieces.testkit.ts'
import type { Snapshot } from '../portage/snapshot/snapshot.ts'
import { machine, SNAPSHOT } from './checked.testkit.ts'
import { disagreements } from './disagreements.ts'

const GREET = 'app-misc/greet'

function codes(earlier: string, later: string, snapshots: readonly Snapshot[] = []): string[] {
  const pieces = [
    piece('global', 'g', { 'package.use': `${earlier} color\n` }),
    piece('local', 'l', { 'package.use': `${later} -color\n` }),
  ]
  return disagreements([machine(pieces)], snapshots).map(({ code, severity }) => `${severity} ${code}`)
}

describe('a line that an earlier one overrules', () => {
  test.each([
    [`<${GREET}-1.1`, GREET, ['note overruled-in-part'], ['note overruled-in-part']],
    [`=${GREET}-1*`, GREET, ['note overruled-in-part'], ['warning overruled']],
    [`${GREET}:0`, GREET, ['note overruled-in-part'], ['warning overruled']],
    // Another version than there is: it has every effect.
    [`=${GREET}-0.9`, GREET, ['note overruled-in-part'], []],
    [`>=${GREET}-3`, `>=${GREET}-2`, ['note overruled-in-part'], ['note overruled-in-part']],
    [`${GREET}::gentoo`, GREET, ['note overruled-by-first-in-part'], ['warning overruled-by-first']],
    [GREET, `${GREET}::gentoo`, ['warning overruled-by-first'], ['warning overruled-by-first']],
    [`=${GREET}-1.0`, `=${GREET}-1.0:0`, ['warning overruled-by-first'], ['warning overruled-by-first']],
    [`>=${GREET}-1.0`, `<${GREET}-2`, ['note overruled-by-first-in-part'], ['warning overruled-by-first']],
    // In 1.1 itself the second one is nearer.
    [`>=${GREET}-1.0`, `<=${GREET}-1.1`, ['note overruled-by-first-in-part'], ['note overruled-by-first-in-part']],
    [`>=${GREET}-1.1`, `<${GREET}-2`, ['note overruled-by-first-in-part'], ['note overruled-by-first-in-part']],
    [GREET, `=${GREET}-1.0`, [], []],
    [GREET, GREET, [], []],
  ])('%s, then %s', (earlier, later, without, against) => {
    expect(codes(earlier, later)).toEqual(without)
    expect(codes(earlier, later, [SNAPSHOT])).toEqual(against)
  })
})

describe('two local pieces that disagree', () => {
  const found = (...own: string[]) => {
    const pieces = [
      piece('local', 'a', { 'package.use': `${GREET} color nls\n`, 'package.license': `${GREET} ASKED\n` }),
      piece('local', 'b', { 'package.use': `${GREET} -color -nls\n`, 'package.license': `${GREET} -ASKED\n` }),
      ...own.map((text) => piece('machine', 'm', { 'package.use': text })),
    ]
    return disagreements([machine(pieces)])
      .filter(({ file }) => file === 'b/package.use')
      .map(({ code, message }) => `${code} ${/-\w+/.exec(message.slice(GREET.length + 13))?.[0] ?? ''}`)
  }

  test.each([
    [[], ['siblings-disagree-line -color']],
    [[`${GREET} color\n`], ['siblings-disagree-line -nls']],
    [[`${GREET} -color nls\n`], []],
    [[`${GREET} -*\n`], []],
    [[`app-misc/other color nls\n`], ['siblings-disagree-line -color']],
    [[`=${GREET}-1.0 color nls\n`], ['siblings-disagree-line -color']],
  ])('with %j in the machine itself', (own, expected) => expect(found(...own)).toEqual(expected))

  test('are told of in the machines that do not decide', () => {
    const [a, b] = [
      piece('local', 'a', { 'package.use': `${GREET} color\n` }),
      piece('local', 'b', { 'package.use': `${GREET} -color\n` }),
    ]
    const own = piece('machine', 'm', { 'package.use': `${GREET} color\n` })
    const machines = [machine([a, b], undefined, 'one'), machine([a, b, own], undefined, 'other')]
    expect(disagreements(machines).map(({ message }) => message)).toEqual([
      `package.use: "${GREET} -color" contradicts its sibling's "${GREET} color" (a/package.use:1); in one the later one wins.`,
    ])
  })
})
