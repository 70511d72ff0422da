/** Writes an ebuild repository of 30,000 files and commits it: node big-repository.mjs FOLDER. Plain JavaScript: a clone runs it as it is. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGES = 10_000
const [folder] = process.argv.slice(2)
const write = (path, text) => writeFileSync(join(folder, path), text)

mkdirSync(join(folder, 'profiles'), { recursive: true })
mkdirSync(join(folder, 'metadata/md5-cache'), { recursive: true })
write('profiles/repo_name', 'big\n')
write('metadata/layout.conf', 'masters = gentoo\nthin-manifests = true\ncache-formats = md5-dict\n')
const categories = Array.from({ length: 50 }, (_, n) => `cat-${n}`)
write('profiles/categories', `${categories.join('\n')}\n`)
for (const category of categories) mkdirSync(join(folder, 'metadata/md5-cache', category), { recursive: true })
for (let n = 0; n < PACKAGES; n++) {
  const category = categories[n % categories.length]
  const name = `thing${n}`
  mkdirSync(join(folder, category, name), { recursive: true })
  write(
    `${category}/${name}/${name}-1.${n % 7}.ebuild`,
    `EAPI=8\nDESCRIPTION="Thing ${n}"\nSLOT="0"\nKEYWORDS="amd64"\n`,
  )
  write(`${category}/${name}/Manifest`, `DIST ${name}.tar.gz ${n} BLAKE2B 00 SHA512 ${String(n).repeat(40)}\n`)
  write(
    `metadata/md5-cache/${category}/${name}-1.${n % 7}`,
    `DEFINED_PHASES=-\nDESCRIPTION=Thing ${n}\nEAPI=8\nKEYWORDS=amd64\nSLOT=0\n_md5_=0\n`,
  )
}
const git = (...args) =>
  execFileSync(
    'git',
    ['-C', folder, '-c', 'user.name=Big', '-c', 'user.email=big@example.org', '-c', 'commit.gpgSign=false', ...args],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
git('init', '--quiet', '--initial-branch=main')
git('add', '--all')
git('commit', '--quiet', '--message', 'All things')
