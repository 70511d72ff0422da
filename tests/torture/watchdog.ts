/** Says which input a parser hangs on, and ends the process: a loop without end leaves nobody else to say it. */
import { Worker } from 'node:worker_threads'

/** In milliseconds. */
const PATIENCE = 60_000

const BARKING = `
  const { workerData: { state, patience } } = require('node:worker_threads')
  const { writeSync } = require('node:fs')
  const now = new Int32Array(state)
  let [last, since] = ['', Date.now()]
  setInterval(() => {
    const here = now[0] + ', ' + now[1]
    if (here !== last) [last, since] = [here, Date.now()]
    else if (now[0] >= 0 && Date.now() - since > patience) {
      writeSync(2, 'torture: hangs at input ' + now[0] + ', parse ' + now[1] + ' of it\\n')
      process.kill(process.pid, 'SIGKILL')
    }
  }, 1000)
`

export class Watchdog {
  private readonly state = new SharedArrayBuffer(8)
  private readonly now = new Int32Array(this.state)
  private readonly worker = new Worker(BARKING, {
    eval: true,
    workerData: { state: this.state, patience: PATIENCE },
  })

  /** Called before each parse. */
  at(input: number, parse: number): void {
    this.now[0] = input
    this.now[1] = parse
  }

  async stop(): Promise<void> {
    await this.worker.terminate()
  }
}
