/** Everything a run has to say, as data. Whoever does the work emits; only `report/` renders. */

/** One of the things that a step failed of, where they are known one by one. Handlers add facts of their own. */
export type Obstacle = {
  readonly kind: string
  /** A sentence; lines after the first belong to it. */
  readonly message: string
  /** Who wanted it: from a set, through packages, to what is missing. `at` is where the user wrote the set's line. */
  readonly chains: readonly { readonly names: readonly string[]; readonly at?: string }[]
  readonly hint?: string
}

/** A failed step in the words its reader needs: which package, which phase, the last lines, where the log is. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** The program's exit code for it, where it is not that of a failed build. */
  readonly exit?: number
  readonly hint?: string
  /** Everything that is in the way, where it is known in single things. Of one alone, `message` is the message. */
  readonly obstacles?: readonly Obstacle[]
  /** `category/package-version`, when one package is to blame. */
  readonly package?: string
  /** The ebuild phase that failed (`compile`, `install`, `postinst` …). */
  readonly phase?: string
  /** The last lines of the log, oldest first. */
  readonly lastLines?: readonly string[]
  /** Absolute path of the full log. */
  readonly log?: string
  /** The command that opens a shell in the container where it failed. */
  readonly shell?: string
}

/** What the plan says of a step: see `plan/verdict.ts`. */
export type VerdictWord = 'have' | 'run' | 'unknown'

export type Event =
  /** `logs` is the absolute path of this run's folder, `process` the id of the process that works. */
  | {
      readonly type: 'run-started'
      readonly run: string
      readonly command: string
      readonly logs: string
      readonly process?: number
    }
  | { readonly type: 'waiting'; readonly for: string }
  | {
      readonly type: 'planned'
      readonly steps: readonly {
        readonly id: string
        readonly label: string
        readonly verdict: VerdictWord
        /** How long it takes, judged by earlier runs; absent where nothing is known, and for what is there already. */
        readonly seconds?: number
      }[]
    }
  | { readonly type: 'step-started'; readonly id: string; readonly label: string }
  /** What the step is at right now: "compiling app-misc/hello-1 (3 of 12)". `done`/`total` count packages or bytes. */
  | {
      readonly type: 'step-progress'
      readonly id: string
      readonly text: string
      readonly done?: number
      readonly total?: number
    }
  /** A package was compiled and is in the store. `seconds`: from its beginning to its binary package. */
  | {
      readonly type: 'package'
      readonly id: string
      readonly cpv: string
      readonly seconds?: number
      readonly bytes: number
    }
  /** One line of the step's own output, already written to its log. */
  | { readonly type: 'step-output'; readonly id: string; readonly line: string }
  | {
      readonly type: 'step-done'
      readonly id: string
      readonly label: string
      readonly how: 'ran' | 'have'
      readonly seconds: number
      /** A short fact worth reading: "4 packages compiled, 11 reused". */
      readonly summary?: string
    }
  | { readonly type: 'step-failed'; readonly id: string; readonly label: string; readonly failure: Failure }
  /** Another step that this one needs failed. */
  | { readonly type: 'step-skipped'; readonly id: string; readonly label: string; readonly because: string }
  | { readonly type: 'note'; readonly level: 'info' | 'warning'; readonly text: string; readonly hint?: string }
  /** `because`: what ended it, where that was no step. */
  | { readonly type: 'run-done'; readonly seconds: number; readonly ok: boolean; readonly because?: string }

export type Emit = (event: Event) => void
