/**
 * The lab by hand: node dist/tests/lab/main.js CONFIG OVERLAY [MACHINES [PACKAGES]]
 * writes machines of tiny packages into the demo configuration CONFIG and their repository to OVERLAY.
 */
import { resolve } from 'node:path'
import { Lab } from './lab.ts'

const [config, overlay, machines = '1', packages = '25'] = process.argv.slice(2)
if (config === undefined || overlay === undefined) {
  console.error('usage: node dist/tests/lab/main.js CONFIG OVERLAY [MACHINES [PACKAGES]]')
  process.exitCode = 2
} else {
  const lab = await Lab.write(
    { config: resolve(config), overlay: resolve(overlay) },
    { machines: Number(machines), packages: Number(packages) },
  )
  console.error(`wrote ${lab.machines.join(', ')}; next: gentoomuch sync lab, then gentoomuch stage build lab-1`)
}
