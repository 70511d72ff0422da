/**
 * A process of its own that runs a container until it is killed: `node held.js ENGINE DATA TREE SECONDS SECONDS
 * [MOUNTED]`. Says `running` when it does.
 */
import { Writable } from 'node:stream'
import { openEngine } from '../../src/engine/open.ts'
import type { TreeRef } from '../../src/engine/engine.ts'

const [name, data, tree, one, two, mounted] = process.argv.slice(2) as [string, string, string, string, string, string?]
const engine = await openEngine(name, { data })
const container = await engine.open({
  tree: JSON.parse(tree) as TreeRef,
  mounts: mounted === undefined ? [] : [{ source: JSON.parse(mounted) as TreeRef, target: '/m', readOnly: true }],
  folders: [],
  tmpfs: [],
  env: { PATH: '/bin' },
  network: false,
})
const script = `setsid sleep ${one} & sleep ${two} & echo running; wait`
const stdout = new Writable({
  write(chunk, _encoding, done) {
    process.stdout.write(chunk, done)
  },
})
await container.run(['bash', '-c', script], { stdout }, new AbortController().signal)
