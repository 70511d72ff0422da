/**
 * How a stage is compressed: `env/compression` holds a program and, if wanted, a level (`zstd`, `zstd 19`, `xz 6`). Pure.
 * The command lines give equal bytes for equal input with any number of threads.
 */
import { UserError } from '../errors.ts'

export type CompressionProgram = 'zstd' | 'xz' | 'gzip' | 'none'

export interface Compression {
  readonly program: CompressionProgram
  /** 0 for `none`. */
  readonly level: number
  /** What the tarball's name ends with: `.tar.zst`. */
  readonly suffix: string
}

/**
 * Default levels are where more time stops paying. zstd 9, measured on 106 MiB of programs and libraries with two
 * threads: level 3 takes 0.7 s and leaves 29 %, 9 takes 2.2 s and leaves 20.3 %, 12 takes 5.7 s for 20.1 %, 19 takes 94 s
 * for 16.9 %. xz and gzip keep their programs' own default.
 */
const PROGRAMS = {
  zstd: { level: 9, most: 22, suffix: '.tar.zst' },
  xz: { level: 6, most: 9, suffix: '.tar.xz' },
  gzip: { level: 6, most: 9, suffix: '.tar.gz' },
  none: { level: 0, most: 0, suffix: '.tar' },
} as const

/** Levels from 20 on ask for `--ultra`, and for that much more memory when unpacking. */
const ZSTD_ULTRA = 20

/** xz's own block size in threaded mode, three times the level's dictionary (xz(1)), named so that no version moves it. */
const XZ_BLOCK_MIB = [1, 3, 6, 12, 12, 24, 24, 48, 96, 192] as const

/** @throws UserError `bad-compression` */
export function parseCompression(text: string | undefined): Compression {
  const words = (text ?? '').replaceAll(/#.*$/gm, ' ').split(/\s+/).filter(Boolean)
  const [word = 'zstd', levelWord, ...more] = words
  if (!isProgram(word)) throw bad(`"${word}" is not a compression`)
  const { level: usual, most, suffix } = PROGRAMS[word]
  const level = levelWord === undefined ? usual : Number(levelWord)
  const least = word === 'none' ? 0 : 1
  if (!/^\d+$/.test(levelWord ?? '0') || level < least || level > most) {
    throw bad(word === 'none' ? '"none" has no level' : `${word} has levels ${least} to ${most}, not "${levelWord}"`)
  }
  if (more.length > 0) throw bad(`"${words.join(' ')}" has too many words`)
  return { program: word, level, suffix }
}

/**
 * The compressor, from stdin to stdout; undefined where nothing is to be done.
 * Never one thread, whatever is wanted: xz works in another mode then and writes other bytes (measured; for zstd and pigz
 * they are equal). xz's limits on memory, which would lower the number of threads or the level, are off.
 * pigz and not gzip: it uses every core and writes the same whatever their number; `-n` leaves name and time out.
 */
export function compressorArgv(compression: Compression, wanted: number): readonly [string, ...string[]] | undefined {
  const threads = Math.max(2, wanted)
  const { program, level } = compression
  switch (program) {
    case 'zstd':
      return ['zstd', '-q', '-c', ...(level >= ZSTD_ULTRA ? ['--ultra'] : []), `-${level}`, `-T${threads}`]
    case 'xz':
      return [
        'xz',
        '-c',
        `-${level}`,
        `-T${threads}`,
        `--block-size=${XZ_BLOCK_MIB[level]}MiB`,
        '--no-adjust',
        '--memlimit-compress=0',
      ]
    case 'gzip':
      return ['pigz', '-c', '-n', `-${level}`, '-p', String(threads)]
    case 'none':
      return undefined
  }
}

function isProgram(word: string): word is CompressionProgram {
  return Object.hasOwn(PROGRAMS, word)
}

function bad(what: string): UserError {
  return new UserError('bad-compression', `env/compression: ${what}.`, {
    hint: 'write zstd, xz, gzip or none, and a level behind it if you want another than the usual: "zstd 19"',
  })
}
