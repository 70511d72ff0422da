/** The list of contents with a machine's nodes in front, as they stand in the tar. */
import { Transform } from 'node:stream'
import { UserError } from '../errors.ts'
import { run } from '../system/process.ts'

/**
 * @param headers what `nodeHeaders` gives
 * @returns a filter for the lines of the tree, as `tar --list --verbose` writes them. It fails with the UserError
 *   `node-in-the-way` where the tree has something at a node's place, or a node would lie below what is no folder: whoever
 *   unpacks the tarball would have one of the two, or neither
 */
export async function listWithNodes(headers: Buffer): Promise<Transform> {
  const nodes = await linesOf(headers)
  const places = placesOf(nodes)
  let begun = ''
  const list = new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (places.size === 0) return done(null, piece)
      const lines = (begun + piece.toString('latin1')).split('\n')
      begun = lines.pop() ?? ''
      const wrong = lines.find((line) => isInTheWay(line, places))
      done(wrong === undefined ? null : inTheWay(wrong, places), piece)
    },
  })
  if (nodes.length > 0) list.push(nodes.map((line) => `${line}\n`).join(''), 'latin1')
  return list
}

async function linesOf(headers: Buffer): Promise<string[]> {
  if (headers.length === 0) return []
  const argv = ['tar', '--list', '--verbose', '--numeric-owner', '--utc', '--file=-'] as const
  const options = { input: Buffer.concat([headers, Buffer.alloc(END)]), env: { LC_ALL: 'C' } }
  const { stdout } = await run(argv, { ...options, purpose: 'to list device nodes' })
  return stdout.split('\n').filter(Boolean)
}

/** Two zero blocks end an archive. */
const END = 1024

/** Names as they are listed: what a node is called, and the folders that it lies in. */
type Places = ReadonlyMap<string, 'node' | 'folder'>

function placesOf(nodes: readonly string[]): Places {
  const names = nodes.map((line) => memberIn(line).name)
  const folders = names.flatMap((name) => {
    const parts = name.split('/')
    return parts.slice(1).map((_part, n) => parts.slice(0, n + 1).join('/'))
  })
  return new Map([...folders.map((name) => [name, 'folder'] as const), ...names.map((name) => [name, 'node'] as const)])
}

function isInTheWay(line: string, places: Places): boolean {
  const { type, name } = memberIn(line)
  const place = places.get(name)
  return place === 'node' || (place === 'folder' && type !== 'd')
}

/** `drwxr-xr-x 0/0  0 2026-01-01 00:00 ./dev/`; links tell behind their name where they lead. */
function memberIn(line: string): { type: string; name: string } {
  const type = line.slice(0, 1)
  const name = /^\S+ \S+ +\S+ \S+ \S+ (.*)$/.exec(line)?.[1] ?? ''
  if (type === 'd') return { type, name: name.replace(/\/$/, '') }
  const arrow = type === 'l' ? ' -> ' : type === 'h' ? ' link to ' : undefined
  return { type, name: arrow === undefined ? name : (name.split(arrow)[0] ?? '') }
}

function inTheWay(line: string, places: Places): UserError {
  const { type, name } = memberIn(line)
  const what = { d: 'a folder', l: 'a link', p: 'a pipe' }[type] ?? 'a file'
  const path = name.slice(1)
  return places.get(name) === 'node'
    ? new UserError('node-in-the-way', `${path} is to be a device node, and is ${what} in the finished root.`, {
        hint: `take ${path} out of the machine's nodes, or name it in a list of user.removes`,
      })
    : new UserError('node-in-the-way', `A device node is to be below ${path}, which is ${what} in the finished root.`, {
        hint: "name the node in the machine's nodes by the folder where it really is",
      })
}
