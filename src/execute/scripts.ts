/** The user's scripts: each runs by `bash FILE` after /etc/profile, handed in through stdin so that nothing is left in the tree. */
import { Readable } from 'node:stream'
import type { Container } from '../engine/engine.ts'
import { StepFailure } from './failure.ts'
import type { Tools } from './handler.ts'
import { Lines } from './lines.ts'

export interface Script {
  readonly name: string
  readonly text: string
}

/** Fixed text (what /etc/profile's last command says is nobody's failure); the script itself comes through stdin into a file of the container's own /run (a tmpfs). */
const RUNNER = 'cat > /run/gentoomuch-script || exit; source /etc/profile; exec bash /run/gentoomuch-script < /dev/null'

/** @throws StepFailure naming the script, its status and its last lines */
export async function runScripts(container: Container, scripts: readonly Script[], tools: Tools): Promise<void> {
  for (const [index, script] of scripts.entries()) {
    tools.progress(`running ${script.name}`, index + 1, scripts.length)
    const output = new Lines(tools.line)
    const exit = await container.run(
      ['bash', '-c', RUNNER],
      { stdin: Readable.from([script.text]), stdout: output, stderr: output },
      tools.signal,
    )
    if (exit.status === 0) continue
    const shell = await container.preserve()
    tools.preserved(shell)
    throw new StepFailure({
      code: 'script-failed',
      message: `${script.name} ended with status ${exit.status}.`,
      lastLines: output.last(15),
      shell: tools.shellIn(shell),
    })
  }
}
