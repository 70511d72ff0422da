/** The CPU of this host, as its compiler and its kernel see it. */
import { UserError } from '../errors.ts'
import type { ExecutingCpu } from '../check/cpu.ts'
import { hostArch } from '../system/arch.ts'
import { readIfThere } from '../system/files.ts'
import { run } from '../system/process.ts'
import { cpuFlagsX86, modelName } from './cpu-flags.ts'
import { marchDifference, marchIn } from './cpu-march.ts'
import type { HostCpu } from './cpu-piece.ts'

/**
 * @param arch Gentoo's name of the host's architecture
 * @returns the CPU, or why it could not be told
 */
export async function detectCpu(arch: string): Promise<HostCpu | { readonly unknown: string }> {
  if (arch !== 'amd64' && arch !== 'x86') return { unknown: `nothing is known about CPUs of ${arch}` }
  try {
    const native = await targetTable('native')
    const march = marchIn(native)
    if (march === undefined || march === 'native') return { unknown: 'its gcc does not say what -march=native is' }
    const cpuinfo = (await readIfThere('/proc/cpuinfo')) ?? ''
    const switches = marchDifference(native, await targetTable(march))
    return { march, switches, flags: cpuFlagsX86(cpuinfo), model: modelName(cpuinfo) }
  } catch (error) {
    if (error instanceof UserError && error.code === 'missing-program') return { unknown: 'it has no gcc' }
    if (error instanceof UserError && error.code === 'command-failed')
      return { unknown: 'its gcc does not say what -march=native is' }
    throw error
  }
}

async function targetTable(march: string): Promise<string> {
  const { stdout } = await run(['gcc', `-march=${march}`, '-Q', '--help=target'], {
    purpose: "to tell this host's CPU",
  })
  return stdout
}

/** What this host executes, for whoever must not build what it cannot. */
export async function hostCpu(): Promise<ExecutingCpu> {
  const features = /^flags\s*:(.*)$/m.exec((await readIfThere('/proc/cpuinfo')) ?? '')?.[1]
  return {
    arch: hostArch() ?? process.arch,
    features: features === undefined ? undefined : new Set(features.trim().split(/\s+/)),
  }
}
