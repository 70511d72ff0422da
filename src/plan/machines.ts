/** Profiles and machines → the graph of steps. The drawing of it stands in `src/README.md`. */
import type { PortageDirectory } from '../portage/model.ts'
import type { Json } from './json.ts'
import {
  distinct,
  locationsOf,
  planRepositories,
  planSeed,
  treesOf,
  type PlannedRepository,
  type PlannedSeed,
} from './snapshots.ts'
import type { Step, StepKind } from './step.ts'

export interface PlannedScript {
  readonly name: string
  readonly text: string
}

/** Files named here and below are where the user wrote it, for messages. */
export interface PlannedTimezone {
  readonly name: string
  readonly file: string
}

export interface PlannedLocale {
  /** A line of locale.gen. */
  readonly text: string
  readonly file: string
}

/** Names of the root's own users and groups, or numbers. */
export interface PlannedOwner {
  readonly user: string
  readonly group: string
  readonly file: string
  readonly line: number
}

export interface PlannedFile {
  /** Inside the root, relative. */
  readonly path: string
  /** One character a byte. */
  readonly bytes: string
  readonly mode: number
  /** Target of a symbolic link, else undefined. */
  readonly link?: string | undefined
  /** root:root where undefined. */
  readonly owner?: PlannedOwner | undefined
}

export interface PlannedFolder {
  readonly path: string
  readonly owner: PlannedOwner
  /** Undefined: as it is, 755 for a new one. */
  readonly mode?: number | undefined
}

export interface PlannedService {
  readonly name: string
  /** As in the configuration. */
  readonly is: 'starts' | 'rests' | 'masked'
  readonly runlevel: string | undefined
  readonly file: string
  readonly line: number
}

export interface PlannedRemoval {
  readonly pattern: string
  readonly file: string
  readonly line: number
}

export interface PlannedProfile {
  readonly name: string
  readonly seed: PlannedSeed
  readonly portage: PortageDirectory
  /** Names of the builder's package sets. */
  readonly sets: readonly string[]
  readonly scripts: readonly PlannedScript[]
}

export interface PlannedMachine {
  readonly name: string
  readonly profile: string
  readonly arch: string
  readonly portage: PortageDirectory
  readonly sets: readonly string[]
  /** Where each set of the directory stands, name → file, for the words of a failure. */
  readonly setFiles?: Readonly<Record<string, string>>
  readonly finish: {
    readonly scripts: readonly PlannedScript[]
    readonly files: readonly PlannedFile[]
    readonly folders: readonly PlannedFolder[]
    readonly hostname: string | undefined
    readonly timezone: PlannedTimezone | undefined
    readonly locales: readonly PlannedLocale[]
    readonly services: readonly PlannedService[]
    readonly removals: readonly PlannedRemoval[]
  }
  readonly pack: { readonly compression: string; readonly nodes: string | undefined }
  /** What it is made of, to be published beside it. */
  readonly seed: PlannedSeed
  /** Fingerprint of the signing key; undefined for an unsigned build. */
  readonly signer: string | undefined
}

export function planProfile(profile: PlannedProfile, repositories: readonly PlannedRepository[]): Step[] {
  const { name, seed, sets, scripts } = profile
  const portage = asJson(profile.portage)
  const trees = treesOf(repositories)
  const locations = locationsOf(repositories)
  return distinct([
    planSeed(name, seed),
    ...planRepositories(repositories),
    {
      id: `fetch:${name}`,
      kind: 'fetch',
      label: `fetch sources for builder ${name}`,
      input: { portage, locations, world: [...sets] },
      parents: { ...trees, tree: `seed:${name}` },
    },
    {
      id: `builder:${name}`,
      kind: 'builder',
      label: `make builder ${name}`,
      input: { portage, locations, sets: [...sets], scripts: scripts.map((script) => ({ ...script })) },
      parents: { ...trees, seed: `seed:${name}`, fetched: `fetch:${name}` },
    },
  ])
}

export function planMachine(machine: PlannedMachine, repositories: readonly PlannedRepository[]): Step[] {
  const { name } = machine
  const portage = asJson(machine.portage)
  const locations = locationsOf(repositories)
  const base = { ...treesOf(repositories), builder: `builder:${machine.profile}`, seed: `seed:${machine.profile}` }
  const id = (kind: StepKind) => machineStep(kind, machine)
  return [
    ...planRepositories(repositories),
    {
      id: id('resolve'),
      kind: 'resolve',
      about: { sets: { ...machine.setFiles } },
      label: `resolve ${name}`,
      input: { portage, locations, sets: [...machine.sets] },
      parents: base,
    },
    {
      id: id('fetch'),
      kind: 'fetch',
      about: { sets: { ...machine.setFiles } },
      label: `fetch sources for ${name}`,
      input: { portage, locations },
      parents: { ...base, tree: base.builder, resolved: id('resolve') },
    },
    {
      id: id('compile'),
      kind: 'compile',
      label: `compile ${name}`,
      input: { portage, locations },
      parents: { ...base, resolved: id('resolve'), fetched: id('fetch') },
    },
    {
      id: id('root'),
      kind: 'root',
      label: `assemble the root of ${name}`,
      input: { portage, locations, sets: [...machine.sets] },
      parents: { ...base, resolved: id('resolve'), packages: id('compile') },
    },
    {
      id: id('finish'),
      kind: 'finish',
      label: `finish ${name}`,
      input: {
        scripts: machine.finish.scripts.map((script) => ({ ...script })),
        files: machine.finish.files.map(withOwner),
        folders: machine.finish.folders.map(withOwner),
        hostname: machine.finish.hostname,
        timezone: machine.finish.timezone && { ...machine.finish.timezone },
        locales: machine.finish.locales.map((locale) => ({ ...locale })),
        services: machine.finish.services.map((service) => ({ ...service })),
        removals: machine.finish.removals.map((removal) => ({ ...removal })),
      },
      parents: { ...treesOf(repositories), root: id('root') },
    },
    {
      id: id('pack'),
      kind: 'pack',
      label: `pack ${name}`,
      input: {
        arch: machine.arch,
        name,
        compression: machine.pack.compression,
        nodes: machine.pack.nodes,
        sources: sourcesOf(machine, repositories),
      },
      parents: { ...treesOf(repositories), tree: id('finish'), packages: id('root') },
    },
    {
      id: id('sign'),
      kind: 'sign',
      label: machine.signer === undefined ? `publish ${name}, unsigned` : `sign and publish ${name}`,
      input: { name, signer: machine.signer },
      parents: { packed: id('pack') },
    },
  ]
}

function withOwner<T extends PlannedFile | PlannedFolder>({ owner, ...rest }: T) {
  return { ...rest, owner: owner && { ...owner } }
}

/** Id of a machine's step; two profiles may have machines of one name only if the name says so, but their steps never meet. */
export function machineStep(kind: StepKind, machine: { readonly name: string; readonly profile: string }): string {
  return `${kind}:${machine.profile}/${machine.name}`
}

/** What a published stage4 says it was made of: see `TARBALL.sources` in docs/data.md. */
function sourcesOf({ seed }: PlannedMachine, repositories: readonly PlannedRepository[]): Json {
  return {
    seed: { stage3: seed.name, sha512: seed.sha512, signedBy: seed.primary },
    repositories: Object.fromEntries(
      repositories.map(({ name, revision, tree, time }) => [name, { revision, tree, time }]),
    ),
  }
}

function asJson(directory: PortageDirectory): Json {
  return { files: directory.files.map((file) => ({ ...file })), profile: directory.profile }
}
