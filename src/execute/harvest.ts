/**
 * Takes packages out of the container while emerge works in it, so that a kill loses only what is in work. Portage gives a
 * binary package its name only when it is whole.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Container } from '../engine/engine.ts'
import type { PackageToHave } from '../plan/fingerprints.ts'
import { binaryPath } from '../store/packages.ts'
import { PLACES } from './environment.ts'
import type { Tools } from './handler.ts'

export class Harvest {
  private readonly container: Pick<Container, 'keepFiles'>
  private readonly tools: Pick<Tools, 'notFull' | 'packageDone' | 'packages'>
  private readonly wanted: ReadonlyMap<string, PackageToHave>
  /** Of what was lacking what is still to come. */
  private readonly left: Set<string>
  /** When emerge turned to each, epoch milliseconds. */
  private readonly begun = new Map<string, number>()
  /** Whether emerge says when a job has ended; of one that does not, only what it turns to next is known. */
  private tells = false
  /** Looked for as soon as what is looked for now was found or not: whatever ends meanwhile, each is looked for once then. */
  private readonly due = new Set<string>()
  private running: Promise<void> = Promise.resolve()

  constructor(
    container: Pick<Container, 'keepFiles'>,
    tools: Pick<Tools, 'notFull' | 'packageDone' | 'packages'>,
    wanted: ReadonlyMap<string, PackageToHave>,
    lacks: ReadonlyMap<string, string>,
  ) {
    this.container = container
    this.tools = tools
    this.wanted = wanted
    this.left = new Set(lacks.keys())
  }

  /** emerge turned to a package: those before it may be complete. */
  seen(cpv: string): void {
    if (!this.tells) this.take([...this.begun.keys()])
    if (!this.begun.has(cpv)) this.begun.set(cpv, Date.now())
  }

  /** One of the packages that emerge turned to is complete, or has failed. */
  jobEnded(): void {
    this.tells = true
    this.take([...this.begun.keys()])
  }

  async finish(): Promise<void> {
    this.take([...this.left])
    await this.running
  }

  /** @throws Error when emerge was content but a package is not there: a bug of ours, never to be passed over */
  check(): void {
    if (this.left.size > 0) throw new Error(`emerge left no binary package of ${[...this.left].join(', ')}`)
  }

  private take(candidates: readonly string[]): void {
    for (const cpv of candidates) this.due.add(cpv)
    this.running = this.running.then(() => this.takeDue())
    // It is told by `finish`, when emerge has ended.
    this.running.catch(() => undefined)
  }

  private async takeDue(): Promise<void> {
    const now = [...this.due]
    this.due.clear()
    for (const cpv of now) if (this.left.has(cpv)) await this.takeOne(cpv)
  }

  private async takeOne(cpv: string): Promise<void> {
    const wanted = this.wanted.get(cpv)
    if (wanted === undefined) return
    await this.tools.notFull()
    // Not there yet is the usual answer; whether all came is what `check` asks in the end.
    const kept = await this.container.keepFiles(join(PLACES.packages, binaryPath(cpv))).catch(() => undefined)
    if (kept === undefined) return
    // Portage writes the file last of all; when it is taken out says nothing, for that waits for others.
    const { mtimeMs } = await stat(kept.path)
    const { bytes } = await this.tools.packages.keep({ ...wanted, cpv }, kept.path)
    this.left.delete(cpv)
    const since = this.begun.get(cpv)
    const seconds = since === undefined ? {} : { seconds: Math.max(0, mtimeMs - since) / 1000 }
    this.tools.packageDone(cpv, { ...seconds, bytes })
  }
}
