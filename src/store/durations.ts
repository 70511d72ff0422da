/**
 * How long steps took, and how long packages took to compile and how large they became: for estimates, and to begin with
 * what others wait for longest. Knowledge, not truth: a file that is missing or damaged costs only the estimate.
 */
import * as v from 'valibot'
import { writeWhole } from '../system/files.ts'
import type { Layout } from './layout.ts'
import { readJson } from './steps.ts'

/** The newest measurements count, and the middle one of them: a machine that was busy once misleads nobody. */
const KEPT = 3

/** The part of a step's work from which on its time is that of the step. */
const COMPARABLE = 0.5

const measured = v.object({ seconds: v.array(v.number()), bytes: v.array(v.number()) })
const file = v.object({ steps: v.record(v.string(), v.array(v.number())), packages: v.record(v.string(), measured) })

export interface Measured {
  /** Wall time. */
  readonly seconds?: number | undefined
  readonly bytes: number
}

export class Durations {
  private readonly path: string
  private readonly steps: Map<string, number[]>
  private readonly packages: Map<string, { seconds: number[]; bytes: number[] }>
  private changed = false

  private constructor(path: string, known: v.InferOutput<typeof file>) {
    this.path = path
    this.steps = new Map(Object.entries(known.steps))
    this.packages = new Map(Object.entries(known.packages))
  }

  static async read({ durations }: Pick<Layout, 'durations'>): Promise<Durations> {
    const read = v.safeParse(file, await readJson<unknown>(durations))
    return new Durations(durations, read.success ? read.output : { steps: {}, packages: {} })
  }

  /** Seconds that a step of this id takes when it runs. */
  step(id: string): number | undefined {
    return median(this.steps.get(id) ?? [])
  }

  /** @param cpv `category/package-version`, or without the version: what other versions took is the best guess there is */
  package(cpv: string): Measured | undefined {
    const known = this.packages.get(nameOf(cpv))
    const bytes = median(known?.bytes ?? [])
    return bytes === undefined ? undefined : { seconds: median(known?.seconds ?? []), bytes }
  }

  /** @param part of all that such a step may have to do, what this one had, 0 to 1: what had little says nothing of the next */
  learnStep(id: string, seconds: number, part = 1): void {
    if (part < COMPARABLE) return
    this.steps.set(id, newest(this.steps.get(id), seconds))
    this.changed = true
  }

  learnPackage(cpv: string, { seconds, bytes }: Measured): void {
    const known = this.packages.get(nameOf(cpv))
    this.packages.set(nameOf(cpv), {
      seconds: newest(known?.seconds, seconds),
      bytes: newest(known?.bytes, bytes),
    })
    this.changed = true
  }

  /** Writes down what was learnt. */
  async keep(): Promise<void> {
    if (!this.changed) return
    const known = { steps: Object.fromEntries(this.steps), packages: Object.fromEntries(this.packages) }
    await writeWhole(this.path, JSON.stringify(known))
    this.changed = false
  }
}

/** `dev-libs/libgreet-1.0-r1` → `dev-libs/libgreet`: PMS 3.2, a version begins at the last hyphen before a digit. */
function nameOf(cpv: string): string {
  return cpv.replace(/-\d[^-]*(?:-r\d+)?$/, '')
}

function newest(known: readonly number[] = [], value: number | undefined): number[] {
  return value === undefined ? [...known] : [...known, value].slice(-KEPT)
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
