/** Where the time of a run goes, seen from outside: which programs are at work below it, looked at many times a second. */
import { spawn } from 'node:child_process'
import type { Measured } from './measure.ts'
import { childrenOf, nameOf, peakOf, wordsOf } from './proc.ts'

/** How often one looks, in milliseconds. */
const LOOK = 20

/** Kinds of work that are nobody's overhead. */
export const KINDS = ['emerge', 'Portage as a library', 'tar', 'compressor'] as const

export type Kind = (typeof KINDS)[number]

/** Python is emerge, or a program of ours that asks Portage, or what a container is entered with: nothing of these. */
function kindOf(pid: number): Kind | undefined {
  const name = nameOf(pid)
  if (/^(tar|bsdtar)$/.test(name)) return 'tar'
  if (/^(zstd|xz|pigz|gzip)$/.test(name)) return 'compressor'
  if (!/^(python|emerge|ebuild|egencache)/.test(name)) return undefined
  const words = wordsOf(pid)
  if (words.includes('\0-I\0-S\0-c\0')) return undefined
  return /^(emerge|ebuild|egencache)/.test(name) || /\/(emerge|ebuild|egencache)\0/.test(words)
    ? 'emerge'
    : 'Portage as a library'
}

export interface Watched extends Omit<Measured, 'cpu'> {
  /** Seconds in which at least one program of a kind was there. Kinds overlap. */
  readonly kinds: ReadonlyMap<Kind, number>
  /** Seconds in which none was. */
  readonly overhead: number
}

/**
 * Runs a program to its end and looks at it meanwhile.
 * @param signal interrupts it, as Ctrl-C does
 * @throws where it does not end with 0
 */
export async function watched(argv: readonly string[], signal: AbortSignal): Promise<Watched> {
  const [file = '', ...args] = argv
  const begin = performance.now()
  const child = spawn(file, args, { stdio: 'ignore' })
  const interrupt = () => void child.kill('SIGINT')
  signal.addEventListener('abort', interrupt, { once: true })
  const kinds = new Map<Kind, number>()
  let [peak, overhead, since] = [0, 0, begin]
  const look = () => {
    if (child.pid === undefined) return
    const now = performance.now()
    const seconds = (now - since) / 1000
    since = now
    const found = new Set<Kind>()
    lookBelow(child.pid, found)
    for (const kind of found) kinds.set(kind, (kinds.get(kind) ?? 0) + seconds)
    if (found.size === 0) overhead += seconds
    peak = Math.max(peak, peakOf(child.pid))
  }
  const timer = setInterval(look, LOOK)
  try {
    const status = await new Promise<number | string>((done, failed) => {
      child.once('error', failed)
      child.once('exit', (code, killedBy) => done(code ?? killedBy ?? 'nothing'))
    })
    if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`)
    const end = performance.now()
    return {
      seconds: (end - begin) / 1000,
      megabytes: peak / 1024,
      kinds,
      overhead: overhead + (end - since) / 1000,
    }
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', interrupt)
  }
}

/** What lies below a program of a known kind is its own affair. */
function lookBelow(pid: number, found: Set<Kind>): void {
  const kind = kindOf(pid)
  if (kind !== undefined) return void found.add(kind)
  for (const child of childrenOf(pid)) lookBelow(child, found)
}
