import { describe, expect, test } from 'vitest'
import { cpuFlagsX86, modelName } from './cpu-flags.ts'
import { marchDifference, marchIn } from './cpu-march.ts'
import { cpuPiece } from './cpu-piece.ts'
import { detectCpu } from './cpu.ts'

const processor = (flags: string) =>
  `processor\t: 0\nmodel name\t: Some  CPU @ 3GHz \nflags\t\t: ${flags}\nbogomips\t: 1\n`

describe('CPU_FLAGS_X86', () => {
  test('are Gentoo’s names, whatever the kernel calls them, in the order of the list', () => {
    expect(
      cpuFlagsX86(processor('fpu sse2 sse mmx pni ssse3 fma pclmulqdq abm sha_ni aes avx512f avx512_vnni bmi1')),
    ).toEqual('aes avx512_vnni avx512f bmi1 fma3 mmx mmxext pclmul popcnt sha sse sse2 sse3 ssse3'.split(' '))
  })
  test('count where every processor has them', () => {
    expect(cpuFlagsX86(`${processor('mmx sse avx')}\n${processor('sse mmx')}`)).toEqual(['mmx', 'mmxext', 'sse'])
  })
  test('of a text without flags are none', () => {
    expect(cpuFlagsX86('')).toEqual([])
    expect(cpuFlagsX86('Features\t: fp asimd\n')).toEqual([])
  })
  test('the CPU’s name', () => {
    expect(modelName(processor(''))).toBe('Some CPU @ 3GHz')
    expect(modelName('')).toBeUndefined()
  })
})

const table = (lines: Record<string, string>) =>
  `The following options are target specific:\n${Object.entries(lines)
    .map(([name, value]) => `  ${name.padEnd(28)}\t\t${value}\n`)
    .join('')}\n  Known assembler dialects (for use with the -masm= option):\n    att intel\n`

describe('what -march=native is', () => {
  const native = table({
    '-march=': 'skylake-avx512',
    '-mtune=': 'skylake-avx512',
    '-mavx512f': '[disabled]',
    '-msgx': '[enabled]',
    '-maes': '[enabled]',
    '-mno-sse4': '[enabled]',
  })
  const named = table({
    '-march=': 'skylake-avx512',
    '-mtune=': 'generic',
    '-mavx512f': '[enabled]',
    '-msgx': '[disabled]',
    '-maes': '[enabled]',
    '-mno-sse4': '[disabled]',
  })
  test('a name and the flags in which the host differs from it', () => {
    expect(marchIn(native)).toBe('skylake-avx512')
    expect(marchDifference(native, named)).toEqual(['-mno-avx512f', '-msgx'])
    expect(marchDifference(named, named)).toEqual([])
  })
  test('nothing where the table has none', () => {
    expect(marchIn(table({ '-march=': '' }))).toBeUndefined()
    expect(marchIn('')).toBeUndefined()
  })
})

test('the piece of a CPU', () => {
  expect(cpuPiece({ march: 'znver3', switches: ['-mno-pku'], flags: ['aes', 'avx'], model: 'A "CPU"\n$(x)' })).toEqual({
    'make.conf':
      '# The CPU of the host where gentoomuch init ran (A "CPU"$(x)): what -march=native stands for there, spelled out, so\n' +
      '# that it is the same wherever this is read.\n' +
      'COMMON_FLAGS="-O2 -pipe -march=znver3 -mno-pku"\n' +
      'CFLAGS="${COMMON_FLAGS}"\nCXXFLAGS="${COMMON_FLAGS}"\nFCFLAGS="${COMMON_FLAGS}"\nFFLAGS="${COMMON_FLAGS}"\n',
    'package.use': '# As cpuid2cpuflags prints it on that host.\n*/* CPU_FLAGS_X86: aes avx\n',
  })
  expect(Object.keys(cpuPiece({ march: 'x86-64', switches: [], flags: [], model: undefined }))).toEqual(['make.conf'])
})

test('architectures without such flags are said to have none', async () => {
  expect(await detectCpu('arm64')).toEqual({ unknown: 'nothing is known about CPUs of arm64' })
})
