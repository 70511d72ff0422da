/** DIGESTS that must not be believed, beside a tarball that is signed well. */
import { readFile, writeFile } from 'node:fs/promises'
import { hash, NAME, PAST, type Case, type Place } from './kit.ts'

const AGAIN = 'stage3-20200101T000000Z.tar.xz'

/** Signs the tarball, then writes its DIGESTS. */
function digests(name: string, code: string, words: RegExp, write: (place: Place) => Promise<unknown>): Case {
  const make = async (place: Place) => {
    await place.sign()
    await write(place)
  }
  return { name: `DIGESTS: ${name}`, code: `stage3-digests-${code}`, words, make }
}

/** What is signed well, with another text. */
const saying = (text: (place: Place) => Promise<string> | string) => async (place: Place) => {
  await place.signDigests(await text(place))
}

/** Signed well, then changed as a text. */
const edited = (edit: (text: string, place: Place) => string | Promise<string>) => async (place: Place) => {
  const path = await place.signDigests(await place.goodDigests())
  await writeFile(path, await edit(await readFile(path, 'utf8'), place))
}

const evil = `# SHA512 HASH\n${hash('sha512', 'evil')}  ${NAME}\n`

export const DIGESTS: readonly Case[] = [
  digests('not signed', 'no-signature', /holds no clearsigned text/, async (place) => {
    await writeFile(`${place.tarball}.DIGESTS`, await place.goodDigests())
  }),
  digests('an empty file', 'no-signature', /holds no clearsigned text/, (place) =>
    writeFile(`${place.tarball}.DIGESTS`, ''),
  ),
  digests('of a key that nobody knows', 'unknown-key', /is not among the keys for this role/, async (place) => {
    await place.signDigests(await place.goodDigests(), place.kit.key.stranger)
  }),
  digests('of a key of the user', 'user-key', /a key of your own keyring/, async (place) => {
    await place.signDigests(await place.goodDigests(), place.kit.key.users)
  }),
  digests('of a key of a repository', 'other-role', /something else/, async (place) => {
    await place.signDigests(await place.goodDigests(), place.kit.key.overlay)
  }),
  digests('of a key that has expired', 'expired-key', /expired on 2020-01-11/, async (place) => {
    const at = ['--faked-system-time', PAST.signed]
    await place.signDigests(await place.goodDigests(), place.kit.key.expired, ...at)
  }),
  digests('over SHA1', 'weak-digest', /can be forged/, async (place) => {
    await place.signDigests(await place.goodDigests(), place.kit.key.upstream, '--digest-algo', 'SHA1')
  }),
  digests('of two keys', 'several-signatures', /carries several signatures/, async (place) => {
    const { key } = place.kit
    await place.signDigests(await place.goodDigests(), key.upstream, '--local-user', key.stranger)
  }),
  digests(
    'text before',
    'text-outside',
    /text before the signed block.*line 1\)/,
    edited((text) => evil + text),
  ),
  digests(
    'text after',
    'text-outside',
    /text after the signed block/,
    edited((text) => text + evil),
  ),
  digests(
    'text at the end of a line of armour',
    'broken-block',
    /broken signed block/,
    edited((text) => text.replace('-----END PGP SIGNATURE-----', '-----END PGP SIGNATURE----- x')),
  ),
  digests(
    'two signed blocks',
    'several-blocks',
    /several signed blocks/,
    edited((text) => text + text),
  ),
  digests(
    'a block inside a block',
    'several-blocks',
    /several signed blocks/,
    edited((text) => text.replace('# BLAKE2B', '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n# BLAKE2B')),
  ),
  digests(
    'a second signature behind',
    'several-blocks',
    /several signed blocks/,
    edited((text) => text + text.slice(text.indexOf('-----BEGIN PGP SIGNATURE-----'))),
  ),
  digests(
    'a header that nobody signed',
    'armour-header',
    /header in its signed block.*line 3\)/,
    edited((text) => text.replace(/^(Hash: .*\n)/m, `$1Comment: ${hash('sha512', 'evil')}  ${NAME}\n`)),
  ),
  digests(
    'lines that are not escaped',
    'armour-header',
    /header in its signed block/,
    edited((text) => text.replace(/^(Hash: .*\n)/m, '$1NotDashEscaped: You need GnuPG to verify this message\n')),
  ),
  digests(
    'text for a header',
    'armour-header',
    /header in its signed block/,
    edited((text) => text.replace(/^Hash: .*\n/m, evil)),
  ),
  digests(
    'a line that is not escaped',
    'broken-block',
    /broken signed block/,
    edited((text) => text.replace('# SHA512', '-# SHA512')),
  ),
  digests(
    'no end',
    'broken-block',
    /broken signed block/,
    edited((text) => text.slice(0, -40)),
  ),
  digests(
    'no signature in it',
    'broken-block',
    /broken signed block/,
    edited((text) => text.slice(0, text.indexOf('-----BEGIN PGP SIGNATURE-----'))),
  ),
  digests(
    'a changed line',
    'bad-signature',
    /changed or damaged/,
    edited((text) => text.replace('# SHA512', '# sha512')),
  ),
  digests(
    'a line more',
    'bad-signature',
    /changed or damaged/,
    edited((text) => text.replace('# BLAKE2B', `${evil}# BLAKE2B`)),
  ),
  digests('a detached signature', 'not-clearsigned', /a detached signature where a clearsigned text/, async (place) => {
    await writeFile(`${place.tarball}.DIGESTS`, await readFile(`${place.tarball}.asc`))
  }),
  digests('a signed message', 'no-signature', /holds no clearsigned text/, async (place) => {
    const { keys, key } = place.kit
    await keys.gpg(
      '--local-user',
      key.upstream,
      '--armor',
      '--output',
      `${place.tarball}.DIGESTS`,
      '--sign',
      place.tarball,
    )
  }),
  digests(
    'of another name',
    'other-name',
    /does not speak of .* but of stage3-2020/,
    saying((place) => place.goodDigests(AGAIN)),
  ),
  digests(
    'of nothing',
    'other-name',
    /but of nothing/,
    saying(() => 'nothing to see\n'),
  ),
  digests(
    'of a name that only begins so',
    'other-name',
    /\.CONTENTS\.gz; a file/,
    saying((place) => place.goodDigests(`${NAME}.CONTENTS.gz`)),
  ),
  digests(
    'of a name in a folder',
    'other-name',
    /but of \.\.\/stage3/,
    saying((place) => place.goodDigests(`../${NAME}`)),
  ),
  digests(
    'weak ones alone',
    'weak',
    /no SHA512 or BLAKE2B digest of .*, only MD5, SHA1/,
    saying(async (place) => {
      const bytes = await readFile(place.tarball)
      return `# MD5 HASH\n${hash('md5', bytes)}  ${NAME}\n# SHA1 HASH\n${hash('sha1', bytes)}  ${NAME}\n`
    }),
  ),
  digests(
    'a shortened one',
    'weak',
    /no SHA512 or BLAKE2B digest/,
    saying(async (place) => (await place.goodDigests()).replace(/[0-9a-f]{64}  /g, '  ')),
  ),
  digests(
    'under no heading',
    'other-name',
    /but of nothing/,
    saying(async (place) => (await place.goodDigests()).replace(/^#.*\n/gm, '')),
  ),
  digests(
    'under each other’s heading',
    'mismatch',
    /is not the file that its DIGESTS names/,
    saying(async (place) =>
      (await place.goodDigests()).replace('BLAKE2B', 'X').replace('SHA512', 'BLAKE2B').replace('X', 'SHA512'),
    ),
  ),
  digests(
    'of another file',
    'mismatch',
    /sha512 [0-9a-f]{128} was wanted, [0-9a-f]{128} found/,
    saying(() => evil),
  ),
  digests(
    'that contradict each other',
    'contradict',
    /only sha512 is another file's/,
    saying(async (place) => (await place.goodDigests()).replace(/# SHA512[^]*/, evil)),
  ),
  digests(
    'the name twice',
    'twice',
    /twice, with different SHA512 digests/,
    saying(async (place) => (await place.goodDigests()) + evil),
  ),
  digests(
    'the name twice, the right one last',
    'twice',
    /twice, with different/,
    saying(async (place) => evil + (await place.goodDigests())),
  ),
  {
    name: 'DIGESTS: right, and the .asc of another file',
    code: 'stage3-other-signature',
    words: /is the file that its DIGESTS names, signed by .*, but .*\.asc is another file's signature/,
    async make(place) {
      const { keys, key, other } = place.kit
      await keys.gpg(
        '--local-user',
        key.upstream,
        '--armor',
        '--output',
        `${place.tarball}.asc`,
        '--detach-sign',
        other,
      )
      await place.signDigests(await place.goodDigests())
    },
  },
]
