/** A command of our own inside a container: when it fails, that is a bug of ours or a broken tree, said with its last words. */
import type { Argv, Container, Io } from '../engine/engine.ts'
import { answered } from './answered.ts'
import type { Tools } from './handler.ts'
import { Lines } from './lines.ts'

export async function must(container: Container, argv: Argv, tools: Tools, io: Pick<Io, 'stdin'> = {}): Promise<void> {
  const output = new Lines((line) => tools.line(line))
  const exit = await container.run(argv, { ...io, stdout: output, stderr: output }, tools.signal)
  if (exit.status !== 0) throw failed(argv, exit.status, output)
}

/** @returns its stdout, which is not in the step's log */
export async function mustAnswer(container: Container, argv: Argv, tools: Tools): Promise<string> {
  const { status, answer, said } = await answered(container, argv, tools)
  if (status !== 0) throw failed(argv, status, said)
  return answer
}

function failed(argv: Argv, status: number, said: Lines): Error {
  return new Error(`${argv.slice(0, 2).join(' ')} ended with status ${status}:\n${said.last(5).join('\n')}`)
}
