import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exists } from './files.ts'
import { showKeys, verifyClear, verifyDetached, withKeyring } from './gpg.ts'
import type { Verdict } from './gpg.ts'
import { run } from './process.ts'
import { makeKeyHome } from './gpg.testkit.ts'
import type { KeyHome } from './gpg.testkit.ts'

let keys: KeyHome
let folder: string
let alice: string
let old: string
let file: string

beforeAll(async () => {
  keys = await makeKeyHome()
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  alice = await keys.makeKey('alice@example.org')
  old = await keys.makeKey('old@example.org', { at: '20200101T000000', expires: '1d' })
  file = join(folder, 'file')
  await writeFile(file, 'what was signed\n')
})

afterAll(async () => {
  await keys.remove()
  await rm(folder, { recursive: true, force: true })
})

async function signatureOf(key: string, ...options: readonly string[]): Promise<string> {
  const to = join(folder, `${key}${options.join('')}.asc`)
  await keys.gpg(...options, '--local-user', key, '--output', to, '--detach-sign', file)
  return to
}

async function verdictOf(signature: string, by: readonly string[], of = file): Promise<Verdict> {
  const publicKeys = await Promise.all(by.map((key) => keys.publicKey(key)))
  return await withKeyring(publicKeys, (keyring) => verifyDetached(keyring, signature, of))
}

describe('verifyDetached', () => {
  test('a good signature gives the primary key and the time', async () => {
    const before = Math.floor(Date.now() / 1000) - 60
    const verdict = await verdictOf(await signatureOf(alice), [alice])
    expect(verdict).toMatchObject({ good: true, primary: alice })
    expect(verdict.good && verdict.signedAt).toBeGreaterThan(before)
  })

  test('a subkey counts for its primary key', async () => {
    await keys.gpg('--quick-add-key', alice, 'ed25519', 'sign', 'never')
    const verdict = await verdictOf(await signatureOf(alice, '--no-comments'), [alice])
    expect(verdict).toMatchObject({ good: true, primary: alice })
  })

  test('other bytes are a bad signature', async () => {
    const other = join(folder, 'other')
    await writeFile(other, 'what was signed!\n')
    expect(await verdictOf(await signatureOf(alice), [alice], other)).toMatchObject({
      good: false,
      reason: 'bad-signature',
    })
  })

  test('a key that the keyring lacks is unknown, and named', async () => {
    const verdict = await verdictOf(await signatureOf(old, '--faked-system-time', '20200101T010000'), [alice])
    expect(verdict).toEqual({ good: false, reason: 'unknown-key', key: old })
  })

  test('an expired key is told apart', async () => {
    const verdict = await verdictOf(await signatureOf(old, '--faked-system-time', '20200101T010000'), [old])
    expect(verdict).toMatchObject({ good: false, reason: 'expired-key' })
  })

  test('an expired signature is told apart', async () => {
    const early = await keys.makeKey('early@example.org', { at: '20200101T000000' })
    const signature = await signatureOf(early, '--faked-system-time', '20200102T000000', '--default-sig-expire', '1d')
    expect(await verdictOf(signature, [early])).toMatchObject({ good: false, reason: 'expired-signature' })
  })

  test('two signatures are one too many', async () => {
    const one = await keys.gpg('--local-user', alice, '--armor', '--output', '-', '--detach-sign', file)
    const both = join(folder, 'both.asc')
    await keys.gpg(
      '--local-user',
      alice,
      '--local-user',
      alice,
      '--output',
      join(folder, 'one.sig'),
      '--detach-sign',
      file,
    )
    const binary = await readFile(join(folder, 'one.sig'))
    await writeFile(both, Buffer.concat([binary, binary]))
    expect(one).toContain('SIGNATURE')
    expect(await verdictOf(both, [alice])).toMatchObject({ good: false, reason: 'several-signatures' })
  })

  test('a text-mode signature does not cover every byte', async () => {
    const verdict = await verdictOf(await signatureOf(alice, '--textmode'), [alice])
    expect(verdict).toMatchObject({ good: false, reason: 'text-signature' })
  })

  test('what is no signature is none', async () => {
    expect(await verdictOf(file, [alice])).toEqual({ good: false, reason: 'no-signature' })
  })

  test('a revoked key is told apart', async () => {
    const mallory = await keys.makeKey('mallory@example.org')
    const signature = await signatureOf(mallory)
    await keys.revoke(mallory)
    expect(await verdictOf(signature, [mallory])).toMatchObject({ good: false, reason: 'revoked-key' })
  })
})

describe('verifyClear', () => {
  test('believes the signed text alone', async () => {
    const signed = join(folder, 'clear')
    await keys.gpg('--local-user', alice, '--output', signed, '--clear-sign', file)
    const around = join(folder, 'around')
    await writeFile(around, `before\n${await readFile(signed, 'utf8')}after\n`)
    const publicKey = await keys.publicKey(alice)
    const { verdict, text } = await withKeyring([publicKey], (keyring) => verifyClear(keyring, around))
    expect(verdict).toMatchObject({ good: true, primary: alice })
    expect(text).toBe('what was signed\n')
  })

  test('a detached signature signs no text', async () => {
    const signature = await signatureOf(alice, '--armor')
    const publicKey = await keys.publicKey(alice)
    const { verdict, text } = await withKeyring([publicKey], (keyring) => verifyClear(keyring, signature))
    expect(verdict.good).toBe(false)
    expect(text).toBe('')
  })
})

describe('withKeyring', () => {
  test('tells the keys of each source and leaves nothing behind', async () => {
    const [publicKey, both] = [await keys.publicKey(alice), join(folder, 'both.keys')]
    await writeFile(both, Buffer.concat([publicKey, await keys.publicKey(old)]))
    const seen = await withKeyring([publicKey, both, Buffer.from('no key')], (keyring) => Promise.resolve(keyring))
    expect(seen.imported).toEqual([[alice], [alice, old], []])
    expect(await exists(seen.home)).toBe(false)
  })
})

// In a home that two share one of some hundred lists nothing: gpg calls the trust database corrupted that the other makes.
test('key files that are read side by side are read in homes of their own', async () => {
  const bin = await mkdtemp(join(folder, 'bin-'))
  const { stdout } = await run(['sh', '-c', 'command -v gpg'])
  const noting = `#!/bin/sh\nprintf '%s\\n' "$2" >>'${bin}/homes'\nexec '${stdout.trim()}' "$@"\n`
  await writeFile(join(bin, 'gpg'), noting, { mode: 0o755 })
  const path = process.env['PATH']
  process.env['PATH'] = `${bin}:${path}`
  try {
    const bytes = await keys.publicKey(alice)
    await rm(join(bin, 'homes'))
    const read = await Promise.all([showKeys(bytes), showKeys(bytes), showKeys(bytes)])
    expect(read.map(([first]) => first?.fingerprint)).toEqual([alice, alice, alice])
  } finally {
    process.env['PATH'] = path
  }
  const homes = (await readFile(join(bin, 'homes'), 'utf8')).trim().split('\n')
  expect(new Set(homes).size).toBe(3)
  expect(await Promise.all(homes.map((home) => exists(home)))).toEqual([false, false, false])
})
