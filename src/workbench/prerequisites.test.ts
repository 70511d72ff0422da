import { expect, test } from 'vitest'
import { MINIATURE_PROGRAMS, packagesFor, PROGRAMS } from '../system/os-packages.ts'
import { ensurePrograms, refusal } from './prerequisites.ts'

const git = PROGRAMS.filter((program) => program.name === 'git')
const nowhere = { name: 'no-such-program', purpose: 'for nothing', debian: 'no-such-package', gentoo: 'no/such' }
const silent = { emit: () => undefined }

test('what is installed needs no question', async () => {
  await ensurePrograms([{ ...nowhere, name: 'sh' }], { ...silent, yes: false, ask: () => expect.unreachable() })
})

test('nobody to ask: what is missing, what for, and how to get it', async () => {
  await expect(ensurePrograms([nowhere], { ...silent, yes: false })).rejects.toMatchObject({
    code: 'missing-programs',
    message: 'The host lacks no-such-program (for nothing).',
    exit: 2,
  })
})

test('the answer no changes nothing', async () => {
  const asked: string[] = []
  const ask = (question: string): Promise<boolean> => {
    asked.push(question)
    return Promise.resolve(false)
  }
  await expect(ensurePrograms([nowhere], { ...silent, yes: false, ask })).rejects.toThrow('no-such-program')
  // Without root, without sudo, or on a system that is not known there is nothing to ask.
  for (const question of asked) {
    expect(question).toMatch(/^The host lacks no-such-program \(for nothing\)\. Install no.such(-package)?\?$/u)
  }
})

test('the command is the one of the system; what has no package is named', () => {
  const both = [...git, ...MINIATURE_PROGRAMS]
  const hint = (system: 'debian' | 'gentoo'): string | undefined =>
    refusal(both, { system, ...packagesFor(system, both) }).hint
  expect(hint('debian')).toBe('sudo apt-get install --no-install-recommends git mmdebstrap python3-pip')
  expect(hint('gentoo')).toBe(
    'sudo emerge --noreplace dev-python/pip dev-vcs/git; no package of this system brings mmdebstrap',
  )
  expect(refusal(git, undefined).hint).toBe('install git with your package manager')
})
