/** How a kind of step is done. A handler receives its input and its parents' outputs, and can read nothing else. */
import type { Signing } from '../artifacts/signing.ts'
import type { Engine } from '../engine/engine.ts'
import type { Json } from '../plan/json.ts'
import type { Output, Step } from '../plan/step.ts'
import type { Layout } from '../store/layout.ts'
import type { PackageStore } from '../store/packages.ts'
import type { SharedLayers } from './layers.ts'
import type { Wish } from './turns.ts'

/** What a step works with: places and means, nothing that decides what comes out. */
export interface Tools {
  readonly engine: Engine
  readonly layout: Layout
  readonly packages: PackageStore
  /** What roots of this run have in common, and what is kept of it. */
  readonly layers: SharedLayers
  /** How many jobs this step may run side by side: what its wish was given. */
  readonly jobs: number
  /** How many the whole run may: what several containers share is limited by the host's load. */
  readonly allJobs: number
  readonly signal: AbortSignal
  /** Where sources are fetched first; what comes is verified by Manifests, so it decides nothing. */
  readonly mirrors: readonly string[]
  /** The user's signer; what is signed with is in the input as a fingerprint. */
  readonly signing: Pick<Signing, 'sign'>
  /** The words that open a shell in a kept container: `gentoomuch freshroot --failed NAME …`, to be pasted. */
  readonly shellIn: (container: string) => string
  /** This run's folder for logs that outlive the containers. */
  readonly logs: string
  /** What the step is at right now. */
  readonly progress: (text: string, done?: number, total?: number) => void
  /** A package was compiled and taken into the store. */
  readonly packageDone: (cpv: string, measured: { readonly seconds?: number; readonly bytes: number }) => void
  /** Of all that such a step may have to do, what this one had, 0 to 1: for estimates. Without a word it had everything. */
  readonly had: (part: number) => void
  /** One line of the step's output. */
  readonly line: (text: string) => void
  readonly note: (level: 'info' | 'warning', text: string) => void
  /** An empty folder of the host, readable by containers, removed when the step has ended. */
  readonly folder: () => Promise<string>
  /** Keeps the name of a container that was preserved because a command in it failed. */
  readonly preserved: (container: string) => void
  /**
   * Asked before something is kept that others will work with though the step has not ended: a program that met a full disk
   * may have given half of it.
   * @throws StepFailure `disk-full`
   */
  readonly notFull: () => Promise<void>
}

export interface Work {
  readonly step: Step
  readonly key: string
  readonly parents: Readonly<Record<string, Output>>
}

export interface Handler {
  /** What the handler itself brings in, for the key: argv, environment, digests of its programs. */
  readonly recipe: Json
  /** Whether everything that a kept output points at is still there. */
  present(output: Output, work: Work, tools: Tools): Promise<boolean>
  /** Whether what is there is what was kept. It may take seconds: asked before something works with it. */
  isWhole?(output: Output, work: Work, tools: Tools): Promise<boolean>
  /** What it can use and makes, asked before it runs; a handler without it waits for no job and nobody's claim. */
  wish?(work: Work, tools: Tools): Promise<Wish>
  run(work: Work, tools: Tools): Promise<Output>
}
