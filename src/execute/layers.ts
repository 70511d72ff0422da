/**
 * Shared layers: what roots of several machines begin with, assembled once. Whether a root is made with layers changes how
 * long it takes and not what it is.
 */
import type { Engine, TreeRef } from '../engine/engine.ts'
import { assemblyOrder, type Segment } from '../plan/assembly.ts'
import { digestOf, type Json } from '../plan/json.ts'
import { beginningsOf, withoutRepetition, worthKeeping, type Beginning } from '../plan/layers.ts'
import type { Resolved } from '../plan/resolved.ts'
import type { Output, Step } from '../plan/step.ts'
import type { StepStore } from '../store/steps.ts'
import { ASSEMBLE } from './assemble.ts'
import { portageEnvironment } from './environment.ts'
import type { Work } from './handler.ts'
import { clockLines } from './portageFolder.ts'
import { rootAtoms } from './resolve.ts'
import { asValue, epochOf, inputOf, parent, valueOf, type PortageInput, type TreeValue } from './values.ts'

/** What a root is put together from. */
export interface Course {
  readonly segments: readonly Segment[]
  /** The shortest first. */
  readonly beginnings: readonly Beginning[]
}

/** What is there to begin with. */
export interface Kept {
  readonly beginning: Beginning
  readonly tree: TreeRef
}

export class SharedLayers {
  private readonly steps: StepStore
  private readonly engine: Engine
  private readonly onDamaged: (layer: string) => void
  /** Roots that this run has not made yet. */
  private readonly coming = new Map<string, Step>()
  private readonly outputs = new Map<string, Output>()
  private readonly courses = new Map<string, Course>()
  private readonly claimed = new Map<string, readonly Beginning[]>()

  /**
   * @param expected every step of the run
   * @param onDamaged told of a layer that was found damaged, and is used no more
   */
  constructor(
    steps: StepStore,
    engine: Engine,
    expected: readonly Step[] = [],
    onDamaged: (layer: string) => void = () => undefined,
  ) {
    this.steps = steps
    this.engine = engine
    this.onDamaged = onDamaged
    for (const step of expected) if (step.kind === 'root') this.coming.set(step.id, step)
  }

  /** A step has an output now. */
  came(step: Step, output: Output): void {
    this.coming.delete(step.id)
    this.outputs.set(step.id, output)
  }

  /** A step will have none. */
  left(step: Step): void {
    this.coming.delete(step.id)
  }

  courseOf(work: Pick<Work, 'step' | 'parents'>): Course {
    const known = this.courses.get(work.step.id)
    if (known !== undefined) return known
    const { sets, locations } = inputOf<PortageInput & { readonly sets: readonly string[] }>(work)
    const resolved = valueOf<Resolved>(parent(work, 'resolved'))
    const segments = withoutRepetition(assemblyOrder(resolved, rootAtoms(sets)))
    const course = { segments, beginnings: beginningsOf(segments, resolved, surroundingsOf(work, locations)) }
    this.courses.set(work.step.id, course)
    return course
  }

  /** The longest beginning of a root that is there, verified. */
  async find(work: Work): Promise<Kept | undefined> {
    for (const beginning of this.courseOf(work).beginnings.toReversed()) {
      const tree = await this.treeOf(beginning)
      if (tree !== undefined) return { beginning, tree }
    }
    return undefined
  }

  /** Which longer ones are to be made on the way to a root, for others of this run; the root has a claim on them then. */
  claim(work: Work, found: Kept | undefined): readonly Beginning[] {
    const { beginnings } = this.courseOf(work)
    const own = beginnings.filter(({ depth }) => depth > (found?.beginning.depth ?? 0))
    const others = [...this.coming.values()].filter(({ id }) => id !== work.step.id)
    const known = others.flatMap((step) => this.beginningsIfKnown(step))
    const claimed = worthKeeping(own, known, found?.beginning.packages)
    this.claimed.set(work.step.id, claimed)
    return claimed
  }

  /** What it had a claim on last. */
  claimedBy({ step }: Work): readonly Beginning[] {
    return this.claimed.get(step.id) ?? []
  }

  /** The tree is known from here on. */
  async keep({ key }: Beginning, tree: TreeRef, seconds: number): Promise<void> {
    const output: Output = { digest: digestOf(tree.digest), value: asValue({ tree }) }
    await this.steps.keep({ id: idOf(key), kind: 'layer', key, output, seconds }, { key })
  }

  private async treeOf({ key }: Beginning): Promise<TreeRef | undefined> {
    const record = await this.steps.find(key)
    if (record === undefined) return undefined
    const { tree } = valueOf<TreeValue>(record.output)
    if (!(await this.engine.isWhole(tree))) {
      await this.steps.forget(key)
      this.onDamaged(tree.layers.join(' '))
      return undefined
    }
    await this.steps.use(idOf(key), key)
    return tree
  }

  /** Once all that decides it is there. Who is not resolved yet shares nothing that anybody could know of. */
  private beginningsIfKnown(step: Step): (readonly Beginning[])[] {
    const roles = Object.entries(step.parents).filter(([role]) => role !== 'packages')
    const parents: Record<string, Output> = {}
    for (const [role, id] of roles) {
      const output = this.outputs.get(id)
      if (output === undefined) return []
      parents[role] = output
    }
    return [this.courseOf({ step, parents }).beginnings]
  }
}

function idOf(key: string): string {
  return `layer:${key}`
}

/**
 * What decides the bytes of a layer besides its packages, their settings and their order. The machine's /etc/portage is not
 * in it: all of it that decides what a merge does is in `merging` and in the packages' fingerprints (bashrcs, hooks).
 */
function surroundingsOf(work: Pick<Work, 'step' | 'parents'>, locations: PortageInput['locations']): Json {
  const trees = Object.entries(work.parents).filter(([role]) => role === 'builder' || role.startsWith('repository '))
  return {
    assemble: ASSEMBLE,
    environment: portageEnvironment(1),
    clock: clockLines(epochOf(work)),
    epoch: epochOf(work),
    locations: { ...locations },
    trees: Object.fromEntries(trees.map(([role, { digest }]) => [role, digest])),
  }
}
