/** Shapes of what steps hand to each other, read back from plain data. */
import type { Packed } from '../artifacts/pack.ts'
import type { TreeRef } from '../engine/engine.ts'
import type { PortageDirectory } from '../portage/model.ts'
import type { Json } from '../plan/json.ts'
import type { Output } from '../plan/step.ts'
import type { Resolved } from '../plan/resolved.ts'
import type { Work } from './handler.ts'

export interface SeedValue {
  readonly tree: TreeRef
  /** The seed's own make.profile: path below /var/db/repos. */
  readonly profile: string
  /** The seed's Portage: its version, and the variables that it stacks between its layers. */
  readonly portage: { readonly version: string; readonly incrementals: readonly string[] }
}

export interface RepositoryValue {
  readonly name: string
  readonly revision: string
  readonly tree: TreeRef
  /** Epoch seconds. */
  readonly time: number
}

/** What a kept record knows of a repository's snapshot, as it came or with a metadata cache; undefined for other steps. */
export function snapshotIn({ kind, output }: { readonly kind: string; readonly output: Output }) {
  return kind === 'repository' || kind === 'cache' ? valueOf<Partial<RepositoryValue>>(output) : undefined
}

export interface TreeValue {
  readonly tree: TreeRef
}

export interface RootValue extends TreeValue {
  /** `category/package-version`, sorted. */
  readonly packages: readonly string[]
}

export interface PackagesValue {
  /** Every package of the root and its helpers: cpv → fingerprint. */
  readonly fingerprints: Readonly<Record<string, string>>
}

export interface PackedValue {
  /** Name of the folder in the store's `packed`. */
  readonly folder: string
  readonly packed: Packed
  /** `category/package-version`, sorted. */
  readonly packages: readonly string[]
  /** Epoch seconds; the build's name begins with it. */
  readonly epoch: number
}

export interface PublishedValue {
  /** Path of the published build below `stages`. */
  readonly build: string
  /** Names of its files, and their bytes. */
  readonly files: Readonly<Record<string, number>>
}

/** Values are written by our own handlers of the same kind and key, so their shape is known. */
export function valueOf<T>(output: Output): T {
  return output.value as unknown as T
}

export function asValue(
  value: SeedValue | RepositoryValue | TreeValue | RootValue | PackagesValue | PackedValue | PublishedValue | Resolved,
): Json {
  return value as unknown as Json
}

export function inputOf<T>(work: Pick<Work, 'step'>): T {
  return work.step.input as unknown as T
}

export function parent(work: Pick<Work, 'step' | 'parents'>, role: string): Output {
  const output = work.parents[role]
  if (output === undefined) throw new Error(`${work.step.id} has no parent in the role ${role}`)
  return output
}

/** Repositories among the parents, with where Portage looks for each. */
export function repositories(
  work: Pick<Work, 'step' | 'parents'>,
): { name: string; location: string; value: RepositoryValue }[] {
  const locations = inputOf<{ locations?: Record<string, string> }>(work).locations ?? {}
  return Object.entries(work.parents)
    .filter(([role]) => role.startsWith('repository '))
    .map(([role, output]) => {
      const name = role.slice('repository '.length)
      return { name, location: locations[name] ?? `/var/db/repos/${name}`, value: valueOf<RepositoryValue>(output) }
    })
}

/** "Now" for everything that enters an output: the time of the newest repository snapshot, epoch seconds. */
export function epochOf(work: Pick<Work, 'step' | 'parents'>): number {
  return Math.max(1, ...repositories(work).map((repository) => repository.value.time))
}

export interface PortageInput {
  readonly portage: PortageDirectory
  readonly locations: Readonly<Record<string, string>>
}
