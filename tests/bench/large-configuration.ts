/** A configuration as large as anybody's: 200 machines over 60 pieces with 5,000 lines of package.use. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface Size {
  readonly machines: number
  readonly pieces: number
  readonly lines: number
}

export const LARGE: Size = { machines: 200, pieces: 60, lines: 5000 }

/** Writes it to `folder`. The same size gives the same files. */
export async function writeLargeConfiguration(folder: string, size: Size = LARGE): Promise<void> {
  const cpus = ['generic', 'newer']
  const locals = Array.from({ length: size.pieces - cpus.length - 1 }, (_, index) => `piece-${index}`)
  const each = Math.ceil(size.lines / locals.length)
  const files: [string, string][] = [
    ['env/arch', 'amd64\n'],
    ...cpus.map((name): [string, string] => [
      `cpu.defines/${name}/make.conf`,
      `COMMON_FLAGS="-O2 -pipe"\nCFLAGS="\${COMMON_FLAGS}"\nCPU_FLAGS_X86="${name === 'newer' ? 'avx avx2' : 'sse2'}"\n`,
    ]),
    ['portage.global/make.conf', 'ACCEPT_LICENSE="@FREE"\nUSE="nls -doc"\n'],
    [
      'portage.global/repos.conf',
      '[gentoo]\nlocation = /var/db/repos/gentoo\nsync-type = git\nsync-uri = /srv/gentoo\n',
    ],
    ['package.sets/base', 'app-misc/base\n'],
    ['stage3.defines/gentoomuch/builder/cpu', 'generic\n'],
    ...locals.flatMap((name, index): [string, string][] => [
      [`portage.locals/${name}/package.use/lines`, lines(index, each)],
      [`portage.locals/${name}/make.conf`, `USE="feature-${index} -other-${index}"\nVIDEO_CARDS="card-${index}"\n`],
    ]),
  ]
  for (let number = 0; number < size.machines; number++) {
    const name = `machine-${number}`
    const chosen = Array.from({ length: 8 }, (_, index) => locals[(number * 7 + index * 5) % locals.length] ?? '')
    files.push(
      [`stage3.defines/${name}/cpu`, `${cpus[number % 2] ?? ''}\n`],
      [`stage3.defines/${name}/packages`, 'base\n'],
      [`stage3.defines/${name}/portage.local`, [...new Set(chosen)].map((one) => `${one}\n`).join('')],
      [`stage4.defines/${name}/stage3`, `${name}\n`],
      [`stage4.defines/${name}/profile`, 'default\n'],
    )
  }
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** Lines of all kinds; a few names come in several pieces, as they do. */
function lines(piece: number, count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const name = index % 10 === 0 ? `common-n${index}` : `package-p${piece}n${index}`
    const atom = index % 7 === 0 ? `>=cat-${index % 40}/${name}-1.${index}` : `cat-${index % 40}/${name}`
    const group = index % 11 === 0 ? ' VIDEO_CARDS: card -other' : ''
    return `${atom} flag-${index % 20} -flag-${(index % 20) + 20}${group}${index % 13 === 0 ? '  # why' : ''}\n`
  }).join('')
}
