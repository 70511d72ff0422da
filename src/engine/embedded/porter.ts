/**
 * Enters containers by forks of one resident Python (`enclose/porter.py`): to start one for each command, and to spawn it
 * from a process as large as this one, takes longer than the container does. Node cannot hand a descriptor to a process
 * that runs, so a porter is made with the sockets of some entries; what then, see `porters.ts`.
 */
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { PorterFailure, startPython } from './start-python.ts'
import { programs } from './programs.ts'
import { KILLED, tail, type Started, type Starting } from './started.ts'

/** How many entries a porter has sockets for. */
const ENTRIES = 16

/** Descriptors of a porter's own, and of an entry. */
const SIX = 6

export class Porter {
  /** When it can be told to enter. Rejects with a PorterFailure. */
  readonly opened: Promise<void>
  readonly #child: ChildProcess
  readonly #sockets: readonly (Socket | null)[]
  readonly #running = new Map<number, (status: number) => void>()
  #entered = 0
  #isGone = false

  /** @throws PorterFailure where not even its sockets can be made */
  constructor({ program, env, who, mapIds }: Starting) {
    const argv = ['-I', '-S', '-c', programs().enclose.BOOT, 'porter', String(process.pid), who, String(ENTRIES)]
    const pipes = Array.from({ length: SIX - 2 + SIX * ENTRIES }, () => 'pipe' as const)
    // In a session of its own: a Ctrl-C is the program's to answer, and must not reach what does the cleaning up.
    const options: SpawnOptions = { env, cwd: '/', detached: true, stdio: ['ignore', 'ignore', ...pipes] }
    const { child, sockets } = startPython(program, argv, options)
    this.#child = child
    this.#sockets = sockets
    for (const unused of this.#sockets.slice(SIX)) unused?.unref()
    this.opened = this.#follow(mapIds)
    const rest = () => {
      if (this.#running.size === 0) this.#waitFor(false)
    }
    // Why it did not is for whoever enters to hear.
    this.opened.then(rest, rest)
  }

  /** Entries that it can still make. */
  get left(): number {
    return this.#isGone ? 0 : ENTRIES - this.#entered
  }

  /** To be called once it has opened, and while it can make entries. */
  enter(wants: { readonly stdin: boolean; readonly stdout: boolean }): Started {
    const number = this.#entered
    this.#entered += 1
    const socket = (descriptor: number) => this.#socket(SIX + SIX * number + descriptor)
    const [stdin, stdout, complaints, status, stderr, answers] = [0, 1, 2, 3, 4, 5].map(socket) as Sockets
    if (!wants.stdin) stdin.destroy()
    if (!wants.stdout) stdout.destroy()
    const open = [stdin, stdout, complaints, status, stderr, answers].filter((one) => !one.destroyed)
    for (const one of open) one.ref()
    const exit = new Promise<number>((resolve) => this.#running.set(number, resolve))
    const outputs = open.filter((one) => one !== stdin && one !== answers)
    const ended = Promise.all([exit, ...outputs.map(closed)]).then(([code]) => {
      stdin.destroy()
      answers.destroy()
      return code
    })
    this.#waitFor(true)
    this.#tell(`enter ${number} ${wants.stdin ? 0 : ''}${wants.stdout ? 1 : ''}4`)
    return {
      stdin: wants.stdin ? stdin : undefined,
      stdout: wants.stdout ? stdout : undefined,
      stderr,
      complaints,
      status,
      answers,
      listening: this.opened,
      exited: exit,
      ended,
      wake: () => this.#child.kill('SIGCONT'),
      kill: () => {
        if (this.#running.has(number)) this.#tell(`kill ${number}`)
      },
    }
  }

  /** It goes when what it entered has ended; this program stays until then. */
  leave(): void {
    this.#waitFor(true)
    this.#entered = ENTRIES
    this.#socket(5).end()
  }

  #follow(mapIds: Starting['mapIds']): Promise<void> {
    let step = 'to start'
    const [complaints, status] = [this.#socket(2), this.#socket(3)]
    const words = tail(complaints)
    return new Promise((resolve, reject) => {
      const fail = (error?: unknown) => {
        reject(new PorterFailure(step, words(), error))
        this.#child.kill('SIGKILL')
      }
      createInterface({ input: status }).on('line', (line) => {
        const [verb, number, code] = line.split(' ')
        if (verb === 'open') resolve()
        else if (verb === 'map') mapIds(this.#child.pid ?? 0).then(() => this.#tell('mapped'), fail)
        else if (verb === 'step') step = line.slice('step '.length)
        else if (verb === 'ended') this.#end(Number(number), Number(code))
      })
      this.#child.once('error', fail)
      const gone = () => {
        this.#isGone = true
        fail()
        // With it, whatever it entered is killed.
        for (const number of this.#running.keys()) this.#end(number, KILLED)
        for (const socket of this.#sockets.slice(SIX + SIX * this.#entered)) socket?.destroy()
      }
      // All that it had to tell has been heard then.
      void Promise.all([closed(complaints), closed(status)]).then(gone)
    })
  }

  #end(number: number, status: number): void {
    this.#running.get(number)?.(status)
    this.#running.delete(number)
    if (this.#running.size > 0) return
    this.#waitFor(false)
    // It goes when nobody can tell it anything any more.
    if (this.left === 0) this.#socket(5).end()
  }

  #socket(descriptor: number): Socket {
    return this.#sockets[descriptor] as Socket
  }

  #tell(line: string): void {
    this.#socket(5).write(`${line}\n`)
  }

  /** Whether this program has to stay for what is going on in here. */
  #waitFor(it: boolean): void {
    for (const one of [this.#child, ...[2, 3, 4, 5].map((descriptor) => this.#socket(descriptor))])
      if (it) one.ref()
      else one.unref()
  }
}

type Sockets = [Socket, Socket, Socket, Socket, Socket, Socket]

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
  })
}
