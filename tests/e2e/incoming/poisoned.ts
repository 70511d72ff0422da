/** Tarballs with a good signature that climb out, hold bombs, or are no stage3: made with Python's tarfile, which writes anything. */
import { join } from 'node:path'
import { run } from '../../../src/system/process.ts'
import { NAME, type Forged, type Kit } from '../../forged/kit.ts'

export interface Poisoned extends Pick<Forged, 'name' | 'folder' | 'tarball' | 'trustedKeys' | 'userHome'> {
  readonly words: RegExp
}

interface Poison {
  readonly name: string
  /** Python with `t`, a tarfile to write to, and `add(name, **fields)`, `data(name, bytes)`. */
  readonly make: string
  readonly words: RegExp
}

const POISONS: readonly Poison[] = [
  { name: 'a name with ..', make: "data('etc/../../../../../../../tmp/gentoomuch-evil', b'x')", words: /\.\./ },
  { name: 'an absolute name', make: "data('/tmp/gentoomuch-evil', b'x')", words: /\/tmp\/gentoomuch-evil/ },
  {
    name: 'a link, and a file through it',
    make: "add('out', type=tarfile.SYMTYPE, linkname='/tmp'); data('out/gentoomuch-evil', b'x')",
    words: /out/,
  },
  {
    name: 'a hard link to what is outside',
    make: "add('passwd', type=tarfile.LNKTYPE, linkname='../../../../../../etc/passwd')",
    words: /passwd/,
  },
  {
    name: 'a folder that becomes a link',
    make: "add('usr', type=tarfile.DIRTYPE, mode=0o755); add('usr', type=tarfile.SYMTYPE, linkname='/tmp'); data('usr/gentoomuch-evil', b'x')",
    words: /usr/,
  },
  {
    name: 'a sparse file of a petabyte',
    make: "sparse('hole', 1 << 50)",
    words: /bytes|large|sparse/i,
  },
  { name: 'two gigabytes of nothing', make: 'zeros(2 << 30)', words: /unpacks to more than|bytes/ },
  { name: 'no stage3 at all', make: "data('hello', b'world')", words: /no Gentoo stage3/ },
  {
    name: 'programs of another machine',
    make: "add('bin', type=tarfile.DIRTYPE, mode=0o755); data('bin/bash', b'\\x7fELF\\x02\\x01\\x01' + bytes(9) + b'\\x02\\x00\\xb7\\x00' + bytes(100), 0o755)",
    words: /for arm64; the configuration is for amd64/,
  },
  {
    name: 'a shell that is none, and nothing of Portage',
    make: "add('bin', type=tarfile.DIRTYPE, mode=0o755); data('bin/bash', b'\\x7fELF\\x02\\x01\\x01' + bytes(9) + b'\\x02\\x00\\x3e\\x00' + bytes(100), 0o755)",
    words: /no Gentoo stage3|could not be started|engine/i,
  },
  { name: 'cut in the middle of a file', make: "cut('file', 100000)", words: /short|ends|cut/i },
]

const PROGRAM = `
import io, sys, tarfile
out = sys.stdout.buffer
class Out:
    def write(self, b):
        return out.write(b)
t = tarfile.open(fileobj=out, mode='w|', format=tarfile.PAX_FORMAT)
def add(name, **fields):
    info = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(info, key, value)
    t.addfile(info)
def data(name, content, mode=0o644):
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), mode
    t.addfile(info, io.BytesIO(content))
class Zeros:
    def read(self, n):
        return bytes(n)
def zeros(count):
    info = tarfile.TarInfo('zeros')
    info.size = count
    t.addfile(info, Zeros())
def sparse(name, size):
    info = tarfile.TarInfo(name)
    info.pax_headers = {'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': name, 'GNU.sparse.realsize': str(size)}
    info.size = 512
    t.addfile(info, io.BytesIO(b'0\\n'.ljust(512, b'\\0')))
def cut(name, size):
    info = tarfile.TarInfo(name)
    info.size = size
    out.write(info.tobuf(tarfile.PAX_FORMAT) + b'x' * 1000)
    out.flush()
    raise SystemExit
add('etc', type=tarfile.DIRTYPE, mode=0o755)
exec(sys.argv[1])
t.close()
`

export async function poisonedTarballs(kit: Kit): Promise<Poisoned[]> {
  const made: Poisoned[] = []
  for (const [index, { name, make, words }] of POISONS.entries()) {
    const folder = join(kit.root, `poison-${index}`)
    const tarball = join(folder, NAME.replace('.xz', '.zst'))
    const write = 'mkdir -p "$1" && python3 -c "$3" "$4" | zstd -q -1 -o "$2"'
    await run(['bash', '-c', write, 'bash', folder, tarball, PROGRAM, make])
    await kit.keys.gpg(
      '--local-user',
      kit.key.upstream,
      '--armor',
      '--output',
      `${tarball}.asc`,
      '--detach-sign',
      tarball,
    )
    made.push({ name, folder, tarball, trustedKeys: kit.trustedKeys, userHome: kit.userHome, words })
  }
  return made
}
