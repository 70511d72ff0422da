/**
 * What a CPU must have to execute code for `-march=NAME`, in the words of /proc/cpuinfo: the instructions that gcc puts into
 * ordinary code by itself. What only programs ask for by name (rdrand, clflushopt, xsaves …) is left out: virtual machines
 * hide much of it, and nothing fails for it. From gcc's documentation of x86 options (gcc 14, "x86 Options") and the psABI's microarchitecture levels.
 */

const V2 = ['popcnt', 'pni', 'ssse3', 'sse4_1', 'sse4_2']
const AVX = [...V2, 'avx']
const V3 = [...AVX, 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe']
const V4 = [...V3, 'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl']
const VNNI = [...V4, 'avx512_vnni']
const ICELAKE = [...VNNI, 'avx512_vbmi2', 'avx512_bitalg', 'gfni']
const BULLDOZER = [...AVX, 'fma4', 'xop', 'sse4a']
const ZEN = [...V3, 'sse4a']
const ZEN4 = [...ZEN, ...ICELAKE, 'avx512_bf16']

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'x86-64': [],
  'x86-64-v2': V2,
  'x86-64-v3': V3,
  'x86-64-v4': V4,
  core2: ['pni', 'ssse3'],
  nehalem: V2,
  westmere: V2,
  sandybridge: AVX,
  ivybridge: [...AVX, 'f16c'],
  haswell: V3,
  broadwell: V3,
  skylake: V3,
  'skylake-avx512': V4,
  cascadelake: VNNI,
  'icelake-client': ICELAKE,
  'icelake-server': ICELAKE,
  sapphirerapids: [...ICELAKE, 'avx512_bf16'],
  bdver1: BULLDOZER,
  bdver2: [...BULLDOZER, 'bmi1', 'f16c', 'fma', 'tbm'],
  znver1: ZEN,
  znver2: ZEN,
  znver3: ZEN,
  znver4: ZEN4,
  znver5: [...ZEN4, 'avx_vnni'],
}

/** Undefined for a name that is not known here: nothing can be said then. */
export function featuresOf(march: string): readonly string[] | undefined {
  return KNOWN[march]
}
