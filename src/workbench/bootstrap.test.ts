import { expect, test } from 'vitest'
import { gentooArch } from './bootstrap.ts'

// Words from the names of upstream's stage3 files.
test.each([
  ['amd64', 'amd64'],
  ['arm64', 'arm64'],
  ['i686', 'x86'],
  ['armv7a_hardfp', 'arm'],
  ['rv64_lp64d', 'riscv'],
  ['ppc64le', 'ppc64'],
  ['power9le', 'ppc64'],
  ['ppc', 'ppc'],
  ['hppa2.0', 'hppa'],
  ['mips3_n32', 'mips'],
  ['sparc64', 'sparc'],
  ['s390x', 's390'],
  ['loong', 'loong'],
  ['m68k', 'm68k'],
  ['alpha', 'alpha'],
])('%s is %s', (word, arch) => expect(gentooArch(word)).toBe(arch))
