import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyClear, verifyDetached, withKeyring } from './gpg.ts'
import { exportPublicKey, listSecretKeys, parseSecretKeys, signClear, signDetached } from './gpg-sign.ts'
import { makeKeyHome } from './gpg.testkit.ts'
import type { KeyHome } from './gpg.testkit.ts'
import { run } from './process.ts'

let keys: KeyHome
let folder: string
let key: string
let file: string

beforeAll(async () => {
  keys = await makeKeyHome()
  folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  key = await keys.makeKey('signer@example.org')
  file = join(folder, '-a file')
  await writeFile(file, 'text\n')
})

afterAll(async () => {
  await keys.remove()
  await rm(folder, { recursive: true, force: true })
})

async function agentPid(): Promise<string | undefined> {
  const ran = await run(['gpg-connect-agent', '--homedir', keys.home, '--no-autostart', 'GETINFO pid', '/bye'], {
    accept: [0, 1, 2],
  })
  return /^D (\d+)/m.exec(ran.stdout)?.[1]
}

test('what is signed verifies, and an agent that ran before goes on', async () => {
  const before = await agentPid()
  const signer = { key, home: keys.home }
  await Promise.all([signDetached(signer, file, `${file}.asc`), signClear(signer, file, `${file}.clear`)])
  const publicKey = Buffer.from(await exportPublicKey(signer, key))
  await withKeyring([publicKey], async (keyring) => {
    expect(await verifyDetached(keyring, `${file}.asc`, file)).toMatchObject({ good: true, primary: key })
    expect((await verifyClear(keyring, `${file}.clear`)).text).toBe('text\n')
  })
  expect(before).toBeDefined()
  expect(await agentPid()).toBe(before)
})

test('no agent stays where none ran before', async () => {
  await run(['gpgconf', '--homedir', keys.home, '--kill', 'all'])
  const signer = { key, home: keys.home }
  await Promise.all([1, 2, 3].map((n) => signDetached(signer, file, `${file}.${n}`)))
  expect(await agentPid()).toBeUndefined()
})

test('no secret key is an empty list, a dash in front no option', async () => {
  expect(await listSecretKeys({ key: 'nobody@example.org', home: keys.home })).toEqual([])
  expect(await listSecretKeys({ key: '--version', home: keys.home })).toEqual([])
  expect(await listSecretKeys({ key, home: keys.home })).toMatchObject([
    { fingerprint: key, validity: 'usable', signs: true },
  ])
})

const primary = (validity: string, capabilities: string, token: string) =>
  `sec:${validity}:255:22:AAAA:1:5::u:::${capabilities}:::${token}::ed25519:::0:\nfpr:::::::::ABCD:\n`
const subkey = (validity: string, capabilities: string) =>
  `ssb:${validity}:255:22:BBBB:1::::::${capabilities}:::+::ed25519::\nfpr:::::::::EF01:\n`

describe('parseSecretKeys', () => {
  test('a subkey signs for an offline primary key', () => {
    const [one] = parseSecretKeys(primary('u', 'cSC', '#') + subkey('u', 's'))
    expect(one).toEqual({ fingerprint: 'ABCD', validity: 'usable', signs: true, expires: 5 })
  })

  test('an expired subkey does not', () => {
    expect(parseSecretKeys(primary('u', 'cC', '+') + subkey('e', 's'))[0]?.signs).toBe(false)
  })

  test.each([
    ['e', 'expired'],
    ['r', 'revoked'],
    ['d', 'disabled'],
  ])('validity %s', (letter, word) => {
    expect(parseSecretKeys(primary(letter, 'scSC', '+'))[0]).toMatchObject({ validity: word, signs: false })
  })
})
