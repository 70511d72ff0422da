/** A command of our own inside a container: when it fails, that is a bug of ours or a broken tree, said with its last words. */
import type { Argv, Container, Io } from '../engine/engine.ts'
import type { Tools } from './handler.ts'
import { Lines } from './lines.ts'

export async function must(container: Container, argv: Argv, tools: Tools, io: Pick<Io, 'stdin'> = {}): Promise<void> {
  const output = new Lines((line) => tools.line(line))
  const exit = await container.run(argv, { ...io, stdout: output, stderr: output }, tools.signal)
  if (exit.status !== 0)
    throw new Error(`${argv.slice(0, 2).join(' ')} ended with status ${exit.status}:\n${output.last(5).join('\n')}`)
}
