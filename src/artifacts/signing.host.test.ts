import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeKeyHome } from '../system/gpg.testkit.ts'
import type { KeyHome } from '../system/gpg.testkit.ts'
import { verifyClear, verifyDetached, withKeyring } from '../system/gpg.ts'
import { hashFile } from '../system/hash.ts'
import { run } from '../system/process.ts'
import type { Packed } from './pack.ts'
import { Signing } from './signing.ts'

const { signal } = new AbortController()
let root: string
let keys: KeyHome
let key: string
let called: string
const path = process.env['PATH'] ?? ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  keys = await makeKeyHome()
  key = await keys.makeKey('signer@example.org')
})

beforeEach(async () => {
  called = join(await mkdtemp(join(root, 'calls-')), 'called')
})

afterAll(async () => {
  process.env['PATH'] = path
  await keys.remove()
  await rm(root, { recursive: true, force: true })
})

/** A packed machine, as far as signing looks at it. */
async function packed(name: string): Promise<{ folder: string; packed: Packed }> {
  const folder = await mkdtemp(join(root, 'packed-'))
  const hashed = async (file: string) => {
    await writeFile(join(folder, file), `bytes of ${file}`)
    const [sha256, sha512, blake2b] = await Promise.all(
      (['sha256', 'sha512', 'blake2b512'] as const).map((kind) => hashFile(join(folder, file), kind)),
    )
    return { name: file, bytes: 1, sha256: sha256 ?? '', sha512: sha512 ?? '', blake2b: blake2b ?? '' }
  }
  return { folder, packed: { tarball: await hashed(name), contents: await hashed(`${name}.CONTENTS.gz`) } }
}

/** Counts what is called in the place of a program, which then runs. */
async function counting(...names: readonly string[]): Promise<() => Promise<string[]>> {
  const programs = await mkdtemp(join(root, 'programs-'))
  for (const name of names) {
    await writeFile(
      join(programs, name),
      `#!/bin/sh\nprintf '%s\\n' '${name}' >>'${called}'\nPATH='${path}' exec ${name} "$@"\n`,
    )
    await chmod(join(programs, name), 0o755)
  }
  process.env['PATH'] = `${programs}${delimiter}${path}`
  return async () => {
    process.env['PATH'] = path
    return (await readFile(called, 'utf8')).trim().split('\n')
  }
}

async function agentPid(): Promise<string | undefined> {
  const ask = ['gpg-connect-agent', '--homedir', keys.home, '--no-autostart', 'GETINFO pid', '/bye'] as const
  return /^D (\d+)/m.exec((await run(ask, { accept: [0, 1, 2] })).stdout)?.[1]
}

async function withSigning(work: (signing: Signing) => Promise<void>, name = 'signer@example.org'): Promise<void> {
  const signing = new Signing({ key: name, home: keys.home })
  try {
    await work(signing)
  } finally {
    await signing.close()
  }
}

describe('what is asked of gpg once a run', () => {
  test('machines beside one another: one agent, begun and ended once, and everything verifies', async () => {
    await run(['gpgconf', '--homedir', keys.home, '--kill', 'all'])
    const calls = await counting('gpg-agent', 'gpg-connect-agent', 'gpgconf')
    const machines = await Promise.all(['a', 'b', 'c'].map((name) => packed(name)))
    await withSigning(async (signing) => {
      const fingerprint = await signing.check(signal)
      await Promise.all(machines.map((machine) => signing.sign({ ...machine, fingerprint, signal })))
    })
    expect(await calls()).toEqual(['gpg-agent'])
    expect(await agentPid()).toBeUndefined()
    await withKeyring([await keys.publicKey(key)], async (keyring) => {
      for (const { folder, packed: one } of machines) {
        const tarball = join(folder, one.tarball.name)
        expect(await verifyDetached(keyring, `${tarball}.asc`, tarball)).toMatchObject({ good: true, primary: key })
        const { verdict, text } = await verifyClear(keyring, `${tarball}.DIGESTS`)
        expect(verdict).toMatchObject({ good: true, primary: key })
        expect(text).toContain(one.tarball.sha512)
      }
    })
  })

  test('an agent that ran before goes on, and is never ended', async () => {
    await run(['gpgconf', '--homedir', keys.home, '--launch', 'gpg-agent'])
    const before = await agentPid()
    expect(before).toBeDefined()
    const machine = await packed('a')
    await withSigning(async (signing) => {
      await signing.sign({ ...machine, fingerprint: await signing.check(signal), signal })
    })
    expect(await agentPid()).toBe(before)
  })

  test('who stops the run, or fails, leaves no agent either', async () => {
    await run(['gpgconf', '--homedir', keys.home, '--kill', 'all'])
    const machine = await packed('a')
    await withSigning(async (signing) => {
      const fingerprint = await signing.check(signal)
      expect(await agentPid()).toBeDefined()
      const stopped = signing.sign({ ...machine, fingerprint, signal: AbortSignal.abort() })
      await expect(stopped).rejects.toMatchObject({ code: 'interrupted' })
      await rm(join(machine.folder, 'a'))
      await expect(signing.sign({ ...machine, fingerprint, signal })).rejects.toMatchObject({ code: 'command-failed' })
    })
    expect(await readdir(machine.folder)).toEqual(['a.CONTENTS.gz'])
    expect(await agentPid()).toBeUndefined()
  })
})

test('a signature that does not verify is not left beside the tarball, whatever gpg said of making it', async () => {
  const programs = await mkdtemp(join(root, 'programs-'))
  // Signs with another key than it was told.
  const other = await keys.makeKey('other@example.org')
  await writeFile(
    join(programs, 'gpg'),
    `#!/bin/bash\nargs=("$@")\nfor ((n = 0; n < $#; n++)); do [[ \${args[n]} == --local-user ]] && args[n + 1]=${other}; done\nPATH='${path}' exec gpg "\${args[@]}"\n`,
  )
  await chmod(join(programs, 'gpg'), 0o755)
  const machine = await packed('a')
  process.env['PATH'] = `${programs}${delimiter}${path}`
  try {
    await withSigning(async (signing) => {
      const signed = signing.sign({ ...machine, fingerprint: await signing.check(signal), signal })
      await expect(signed).rejects.toMatchObject({ code: 'signing-failed', exit: 1 })
    })
  } finally {
    process.env['PATH'] = path
  }
  expect((await readdir(machine.folder)).toSorted()).toEqual(['a', 'a.CONTENTS.gz'])
})

test('a key that was good when the run began and is not any more is told as such', async () => {
  const mail = 'short@example.org'
  const short = await keys.makeKey(mail)
  const machine = await packed('a')
  await withSigning(async (signing) => {
    const fingerprint = await signing.check(signal)
    expect(fingerprint).toBe(short)
    await keys.revoke(short)
    const signed = signing.sign({ ...machine, fingerprint, signal })
    await expect(signed).rejects.toMatchObject({ code: 'no-signing-key', exit: 2 })
  }, mail)
})
