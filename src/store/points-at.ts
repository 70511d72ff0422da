/** What the record of a step points at: whatever of it is gone, the step runs again. Pure; the one reader of all records for their parts. */
import type { TreeRef } from '../engine/engine.ts'
import type { Json } from '../plan/json.ts'
import type { Output } from '../plan/step.ts'
import type { StepRecord } from './steps.ts'

export interface PointsAt {
  readonly trees: readonly TreeRef[]
  /** Fingerprints. */
  readonly packages: readonly string[]
  /** Folders of packed tarballs. */
  readonly packed: readonly string[]
  /** Names of sources. */
  readonly sources: readonly string[]
  /** Of a repository's tree, as it came or with a metadata cache. */
  readonly snapshot: { readonly repository: string; readonly revision: string } | undefined
}

export function pointsAt({ kind, output }: Pick<StepRecord, 'kind' | 'output'>): PointsAt {
  const value = isObject(output.value) ? output.value : {}
  return {
    trees: treesIn(output),
    packages:
      kind === 'compile' ? textsOf(Object.values(isObject(value['fingerprints']) ? value['fingerprints'] : {})) : [],
    packed: kind === 'pack' ? textsOf([value['folder']]) : [],
    sources: kind === 'resolve' ? sourcesOf(value['packages']) : kind === 'fetch' ? textsOf(output.value) : [],
    snapshot: kind === 'repository' || kind === 'cache' ? snapshotOf(value) : undefined,
  }
}

/** Trees that a step gave. */
export function treesIn({ value }: Output): TreeRef[] {
  const tree = isObject(value) ? value['tree'] : undefined
  return isObject(tree) && Array.isArray(tree['layers']) ? [tree as unknown as TreeRef] : []
}

function snapshotOf({ name, revision }: Members): PointsAt['snapshot'] {
  return typeof name === 'string' && typeof revision === 'string' ? { repository: name, revision } : undefined
}

function sourcesOf(packages: Json | undefined): string[] {
  if (!Array.isArray(packages)) return []
  return packages.flatMap((entry: Json) => (isObject(entry) ? textsOf(entry['distfiles']) : []))
}

function textsOf(value: Json | undefined | readonly (Json | undefined)[]): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

type Members = Readonly<Record<string, Json | undefined>>

function isObject(value: Json | undefined): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
