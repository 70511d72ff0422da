import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fromLines, fromStanzas, hostSources } from './apt-sources.ts'

test('takes the Debian lines of a sources.list', () => {
  const text = `# a comment
deb http://mirror.example/debian  bookworm main contrib # and more
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/security bookworm-security main
deb http://mirror.example/debian bookworm-backports main
deb https://vendor.example/apt bookworm stable
deb https://vendor.example/apt nodistro main
`
  expect(fromLines(text, 'bookworm')).toEqual([
    'deb http://mirror.example/debian bookworm main contrib',
    'deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/security bookworm-security main',
  ])
})

test('takes the Debian stanzas of a .sources file', () => {
  const text = `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: trixie trixie-updates trixie-backports
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://other.example/debian
Suites: trixie
Components: main
Enabled: no

Types: deb
URIs: http://third.example/debian
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 abc
`
  expect(fromStanzas(text, 'trixie')).toEqual([
    'deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/debian trixie main',
    'deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/debian trixie-updates main',
    'deb http://third.example/debian trixie main',
  ])
})

test('another system has no mirrors to offer', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  try {
    await mkdir(join(root, 'etc'))
    await writeFile(join(root, 'etc/os-release'), 'ID=gentoo\nVERSION_CODENAME=whatever\n')
    expect(await hostSources(root)).toEqual({ suite: 'bookworm', lines: [] })
  } finally {
    await rm(root, { recursive: true })
  }
})
