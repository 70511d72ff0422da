/** A command of ours inside a container whose stdout is its answer: a folder of results would take one more entry. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Argv, Container, Io } from '../engine/engine.ts'
import type { Tools } from './handler.ts'
import { Lines } from './lines.ts'

export interface Answered {
  readonly status: number
  readonly answer: string
  /** What it said on stderr, which is in the step's log. */
  readonly said: Lines
}

export async function answered(
  container: Container,
  argv: Argv,
  tools: Tools,
  io: Pick<Io, 'env'> = {},
): Promise<Answered> {
  const said = new Lines(tools.line)
  const stdout = new PassThrough()
  const answer = text(stdout)
  const { status } = await container.run(argv, { ...io, stdout, stderr: said }, tools.signal)
  // Where nothing was written, nobody has ended it.
  stdout.end()
  return { status, answer: await answer, said }
}
