/**
 * Device nodes of a machine, written as `mknod` takes them: `[-m MODE] NAME TYPE [MAJOR MINOR]`, one a line. They go into
 * the stage's tar directly, since no namespace of an ordinary user may make one. Pure.
 */
import { tarHeader } from './tar-header.ts'

export interface DeviceNode {
  /** Absolute path in the finished root. */
  readonly path: string
  readonly type: 'block' | 'character' | 'fifo'
  readonly mode: number
  readonly major: number
  readonly minor: number
}

export interface NodeProblem {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** What mknod gives under the usual umask of 022. */
const USUAL_MODE = 0o644

const TYPES: ReadonlyMap<string, DeviceNode['type']> = new Map([
  ['b', 'block'],
  ['c', 'character'],
  ['u', 'character'],
  ['p', 'fifo'],
])

/** Linux numbers devices with 12 bits of major and 20 of minor (linux/kdev_t.h). */
const MOST = { major: 0xfff, minor: 0xfffff } as const

/** Reads a `nodes` file, with every problem in it at once. */
export function parseNodes(text: string): {
  readonly nodes: readonly DeviceNode[]
  readonly problems: readonly NodeProblem[]
} {
  const nodes: DeviceNode[] = []
  const problems: NodeProblem[] = []
  const lineOf = new Map<string, number>()
  text.split('\n').forEach((content, index) => {
    const line = index + 1
    const words = content
      .replace(/(^|\s)#.*$/, '')
      .split(/\s+/)
      .filter(Boolean)
    if (words.length === 0) return
    const node = parseNode(words)
    if (typeof node === 'string') return void problems.push({ line, message: node })
    const before = lineOf.get(node.path)
    if (before !== undefined)
      return void problems.push({ line, message: `${node.path} is already made in line ${before}` })
    lineOf.set(node.path, line)
    nodes.push(node)
  })
  return { nodes, problems }
}

/** Tar headers of the nodes, sorted by name as the rest of the archive is: root's, dated `epoch`. */
export function nodeHeaders(nodes: readonly DeviceNode[], epoch: number): Buffer {
  const sorted = nodes.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
  return Buffer.concat(sorted.map((node) => tarHeader({ ...node, name: `.${node.path}`, epoch })))
}

/** A node, or what is wrong. */
function parseNode(words: readonly string[]): DeviceNode | string {
  const taken = takeMode(words)
  if (typeof taken === 'string') return taken
  const { mode, rest } = taken
  const [path, letter, major, minor, ...more] = rest
  if (path === undefined || letter === undefined)
    return 'wanted [-m MODE] NAME TYPE MAJOR MINOR, as in "-m 600 /dev/console c 5 1"'
  const wrongPath = checkPath(path)
  if (wrongPath !== undefined) return wrongPath
  const type = TYPES.get(letter)
  if (type === undefined)
    return `"${letter}" is not a type of node: b is a block device, c a character device, p a pipe`
  if (type === 'fifo') {
    return major === undefined ? { path, type, mode, major: 0, minor: 0 } : 'a pipe has no major and minor number'
  }
  if (major === undefined || minor === undefined) return `${path} needs a major and a minor number`
  if (more.length > 0) return `"${more.join(' ')}" is too much: the minor number comes last`
  const numbers = { major: toNumber(major), minor: toNumber(minor) }
  for (const which of ['major', 'minor'] as const) {
    const value = numbers[which]
    if (!(value <= MOST[which]))
      return `"${which === 'major' ? major : minor}" is not a ${which} number (0 to ${MOST[which]})`
  }
  return { path, type, mode, ...numbers }
}

function takeMode(words: readonly string[]): { mode: number; rest: readonly string[] } | string {
  const [first = '', second] = words
  if (!first.startsWith('-')) return { mode: USUAL_MODE, rest: words }
  const separate = first === '-m' || first === '--mode'
  const word = separate ? second : /^(?:-m|--mode=)(.*)$/.exec(first)?.[1]
  if (word === undefined)
    return separate ? `${first} needs a mode, such as 600` : `"${first}" is not an option: only -m MODE is`
  if (!/^[0-7]{1,4}$/.test(word)) return `"${word}" is not an octal mode, such as 600`
  return { mode: Number.parseInt(word, 8), rest: words.slice(separate ? 2 : 1) }
}

function checkPath(path: string): string | undefined {
  if (!path.startsWith('/')) return `"${path}" is not an absolute path`
  const parts = path.slice(1).split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return `"${path}" is not a plain path: it has an empty part, "." or ".."`
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path)) return `"${path}" has control characters`
  return undefined
}

/** As mknod reads numbers: decimal, 0x…, 0…. NaN for anything else. */
function toNumber(word: string): number {
  if (/^0[0-7]+$/.test(word)) return Number.parseInt(word, 8)
  return /^(\d+|0x[0-9a-fA-F]+)$/.test(word) ? Number(word) : Number.NaN
}
