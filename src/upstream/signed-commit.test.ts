import { describe, expect, test } from 'vitest'
import { parseCommit } from './signed-commit.ts'

const TREE = 'a'.repeat(40)
const COMMITTER = 'committer C <c@example.org> 1700000000 +0100\n'
const HEAD = `tree ${TREE}\nauthor A <a@example.org> 1 +0000\n${COMMITTER}`
const SIGNATURE = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n'

describe('parseCommit', () => {
  test('an unsigned commit is its own payload', () => {
    const raw = Buffer.from(`${HEAD}\nmessage\ngpgsig not a header\n`)
    expect(parseCommit(raw)).toEqual({ tree: TREE, time: 1700000000, signature: undefined, payload: raw })
  })

  test('the signature is taken out, line by line', () => {
    const commit = parseCommit(Buffer.from(`${HEAD}${SIGNATURE}encoding latin1\n\nm\xe9ssage\n`, 'latin1'))
    expect(commit.signature?.toString()).toBe('-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n')
    expect(commit.payload.toString('latin1')).toBe(`${HEAD}encoding latin1\n\nm\xe9ssage\n`)
  })

  test("a merged tag's own signature stays part of what is signed", () => {
    const merge = `${HEAD}mergetag object b\n type commit\n gpgsig inner\n`
    const commit = parseCommit(Buffer.from(`${merge}${SIGNATURE}\nmessage\n`))
    expect(commit.payload.toString()).toBe(`${merge}\nmessage\n`)
  })

  test.each([
    ['two signatures', `${HEAD}${SIGNATURE}${SIGNATURE}\nm\n`],
    ['no tree in the first line', `author A <a> 1 +0000\ntree ${TREE}\n${COMMITTER}\nm\n`],
    ['a committer in the message only', `tree ${TREE}\n\n${COMMITTER}`],
  ])('%s is refused', (_what, raw) => {
    expect(() => parseCommit(Buffer.from(raw))).toThrow('the commit has')
  })
})
