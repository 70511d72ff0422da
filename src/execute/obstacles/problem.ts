/** What `programs/resolve` tells of a question that has no answer: `problems`. */

export interface WantedBy {
  /** From a set of the machine through packages to what is wanted, as people read them. */
  readonly names: readonly string[]
  /** The set that names the first package, and its words for it. */
  readonly written?: { readonly set: string; readonly atom: string }
}

export interface Candidate {
  readonly cpv: string
  readonly repository: string
  readonly reasons: readonly string[]
}

/** A line for a file of `/etc/portage`. */
export interface Change {
  readonly file: string
  readonly line: string
}

interface Common {
  readonly chains: readonly WantedBy[]
  /** Ready lines with which it would go; none where no line helps. */
  readonly changes?: readonly Change[]
}

export type Problem = Common &
  (
    | {
        readonly kind: 'missing'
        readonly atom: string
        readonly repositories: readonly string[]
        /** Versions there are, oldest first. */
        readonly versions?: readonly string[]
        /** Names that look like it, where there is no package of the name. */
        readonly similar?: readonly string[]
      }
    | {
        readonly kind: 'masked' | 'keyword' | 'license' | 'use'
        readonly atom: string
        /** What is nearest to being acceptable: `changes` are about it. */
        readonly package: string
        /** Newest first. */
        readonly candidates: readonly Candidate[]
        /** How many candidates were left out. */
        readonly more: number
      }
    | {
        readonly kind: 'required-use'
        readonly atom: string
        readonly package: string
        readonly requiredUse: {
          /** The part that does not hold, then all of it, in the ebuild's own language. */
          readonly broken: string
          readonly all: string
          readonly flags: readonly string[]
        }
      }
    | {
        readonly kind: 'blocker'
        readonly atom: string
        /** Who blocks, and whom. */
        readonly packages: readonly string[]
        readonly blocked: readonly string[]
      }
    | {
        readonly kind: 'slot-conflict'
        readonly atom: string
        readonly packages: readonly string[]
        /** For each of the packages: who asks for it in words that another of them does not fit. */
        readonly wanted: readonly (readonly { readonly by: string; readonly atom: string }[])[]
      }
    | {
        readonly kind: 'circular'
        readonly package: string
        readonly packages: readonly string[]
        readonly edges: readonly { readonly from: string; readonly to: string; readonly kinds: readonly string[] }[]
      }
    | { readonly kind: 'live'; readonly package: string; readonly eclasses: readonly string[] }
    | { readonly kind: 'provided'; readonly atom: string }
    | {
        readonly kind: 'fetch-restricted'
        readonly package: string
        readonly files: readonly string[]
        /** What its pkg_nofetch says. */
        readonly words: readonly string[]
        /** Where the files have to be put. */
        readonly folder: string
      }
    | { readonly kind: 'other' }
  )

export interface Problems {
  readonly problems: readonly Problem[]
  /** Portage's own words about all of it. */
  readonly text: readonly string[]
}
