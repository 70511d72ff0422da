/**
 * Where commands run. One contract for every engine, one contract test for them all (`tests/contract/`).
 * An engine knows containers and trees; it knows nothing of Gentoo.
 */
import type { Readable, Writable } from 'node:stream'

/**
 * A file system tree that never changes. It belongs to its engine (and that engine's id map); plain data, so that the
 * store can keep it as JSON.
 */
export interface TreeRef {
  readonly engine: string
  /** Names of the engine's own layers, lowest first. */
  readonly layers: readonly string[]
  /**
   * `sha256` hex of the content: names, types, modes, owners as seen inside, link targets, xattrs, bytes; no times.
   * Equal content imported or kept twice has an equal digest, on any host and for any user.
   */
  readonly digest: string
  /** Of each layer what tells whether it is still what was kept: see `Engine.isWhole`. */
  readonly marks?: readonly string[]
}

/** A folder on the host, owned by the caller, that the caller may move or delete. */
export interface FilesRef {
  /** Absolute path. */
  readonly path: string
}

export interface Mount {
  /** An absolute path of the host (file or directory) or a tree. Trees are always mounted read-only. */
  readonly source: string | TreeRef
  /** Absolute path inside; made if it is missing. */
  readonly target: string
  readonly readOnly: true
}

export interface ContainerSpec {
  readonly tree: TreeRef
  /**
   * `layered` (default) puts a writable layer over the tree; `copied` works on a full copy, in which hard links survive
   * being written to: for trees that are shipped.
   */
  readonly root?: 'layered' | 'copied'
  readonly mounts: readonly Mount[]
  /**
   * Absolute paths of empty, writable folders (root:root, 0755) that live as long as the container and are not part of
   * its tree: where results are collected. `keepTree` and `keepFiles` take them; `keepFiles` on one may be called while a
   * command runs.
   */
  readonly folders: readonly string[]
  /**
   * Which of `folders` begin as a copy of a tree, and not empty. The copy has all that the tree has, and shares nothing
   * with it that could be written to.
   */
  readonly filled?: Readonly<Record<string, TreeRef>>
  /** Absolute paths of tmpfs mounts (0755), empty at every `run`. `/dev`, `/proc`, `/sys`, `/run`, `/tmp` and `/var/tmp` need no word. */
  readonly tmpfs: readonly string[]
  /** The whole environment of every command, the caller's never reaches in. */
  readonly env: Readonly<Record<string, string>>
  readonly network: boolean
}

export type Argv = readonly [string, ...string[]]

export interface Io {
  /** Without it stdin is empty. */
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
  /** A pty of its own, bound to the caller's terminal: for shells. The three streams above are then ignored. */
  readonly terminal?: boolean
  /** Working directory inside, `/` unless told. */
  readonly cwd?: string
  /** Added to the container's environment for this command alone. */
  readonly env?: Readonly<Record<string, string>>
}

/** How a command ended: its exit status, or the signal that ended it as 128 + number, as a shell counts. */
export interface Exit {
  readonly status: number
}

export interface Container {
  /** Runs one command and waits. Abort ends every process inside before the promise settles (it rejects with `Interrupted`). */
  run(argv: Argv, io: Io, signal: AbortSignal): Promise<Exit>
  /** The container's whole state (`/`), or one of its `folders`, as a new tree. A folder is moved away: call it once. */
  keepTree(at: string): Promise<TreeRef>
  /** A copy of a folder, or of a file, inside, for the caller's own use: plain files and links, owned by the caller. */
  keepFiles(at: string): Promise<FilesRef>
  /** Keeps the container's state on disk for a later `reopen`, after `close`. Gives its name. */
  preserve(): Promise<string>
  /** Has what the container had on disk removed (unless preserved), in the background; `sweep` waits for it. Idempotent. */
  close(): Promise<void>
}

export interface ImportOptions {
  /**
   * For trees of many small files that are mostly read: one file on disk where this host can mount it, else a folder as
   * ever. The tree is the same, and so is its digest.
   */
  readonly compact?: boolean
  /** The most bytes that the tar may have, the holes of sparse members counted; 128 GiB unless told. */
  readonly maxBytes?: number
  /** The most members that the tar may have; 8 million unless told. */
  readonly maxMembers?: number
}

export interface Engine {
  readonly name: string
  /**
   * Unpacks a plain (uncompressed) tar stream; owners, modes, xattrs and hard links as in the tar. Device nodes are left
   * out. The stream is read to its end: a stream that fails at its last byte gives no tree.
   * @throws UserError exit 3 for a tar that climbs out, writes through its own links, is too large, can be read in more
   *   than one way or is cut short (`tar-…`); nothing of it stays on disk
   */
  importTree(tar: Readable, options?: ImportOptions): Promise<TreeRef>
  /** A throw-away copy of a tree. */
  open(spec: ContainerSpec): Promise<Container>
  /** Opens a preserved container again, with its spec: for the shell that looks at a failure. */
  reopen(name: string): Promise<Container>
  preserved(): Promise<readonly string[]>
  discard(name: string): Promise<void>
  /** A plain tar of the tree with true owners: sorted, numeric, xattrs and ACLs, times clamped to `epoch` seconds. */
  exportTree(tree: TreeRef, options: { readonly epoch: number }): Promise<Readable>
  /**
   * The same tar into a named pipe, without its bytes passing this process: the pipe has a reader and is
   * held by a writer, so that a tar which opens it late waits for nobody, and anyone may write to it (where it lies may be
   * closed to others).
   * @returns what `tar --list --verbose --numeric-owner` says of that tar, in the C locale and UTC. It ends when all of the
   *   tar was written, and fails where that did; destroying it ends the export. The tar does not wait for it
   */
  exportInto(pipe: string, tree: TreeRef, options: { readonly epoch: number }): Promise<Readable>
  /**
   * The first `maxBytes` bytes of a plain file of a tree; links are followed as if the tree were the root. Runs nothing
   * of the tree. Undefined where there is no such file.
   */
  readFile(tree: TreeRef, path: string, options: { readonly maxBytes: number }): Promise<Buffer | undefined>
  /** Bytes on disk, hard links counted once: of a tree with all its layers, or of a preserved container's own state. */
  sizeOf(what: TreeRef | string): Promise<number>
  /** Whether all of the tree is still on disk. */
  has(tree: TreeRef): Promise<boolean>
  /**
   * Whether nothing of a tree is missing, cut short or exchanged, as names, types, sizes, owners, rights and times of its
   * files tell; of a tree that is one file on disk, its bytes. Takes a second for 200,000 files.
   */
  isWhole(tree: TreeRef): Promise<boolean>
  /** Removes the layers of `tree` that neither a tree of `keep` nor a preserved container has. */
  remove(tree: TreeRef, keep: readonly TreeRef[]): Promise<void>
  /**
   * Every layer that neither a tree of `keep` nor a preserved container has, each as a tree.
   * @param discarding names of preserved containers that do not count
   */
  unneeded(keep: readonly TreeRef[], discarding?: readonly string[]): Promise<readonly TreeRef[]>
  /** Removes what is unneeded: what a killed run made and nobody knows. */
  prune(keep: readonly TreeRef[]): Promise<void>
  /** Removes what killed runs left behind. Call it only while holding the data directory's lock. */
  sweep(): Promise<void>
}
