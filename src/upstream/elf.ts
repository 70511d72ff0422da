/** For which machines a program was made, by the first bytes of its file (the ELF header, gABI). Pure. */

/** How many bytes of a file `elfArches` needs. */
export const ELF_HEADER = 20

/** e_machine → Gentoo's ARCH words (profiles/arch.list), by class: 32 and 64 bit. */
const MACHINES: ReadonlyMap<number, readonly [bits32: readonly string[], bits64: readonly string[]]> = new Map([
  [2, [['sparc'], []]], // EM_SPARC
  [3, [['x86'], []]], // EM_386
  [4, [['m68k'], []]], // EM_68K
  [8, [['mips'], ['mips']]], // EM_MIPS
  [15, [['hppa'], ['hppa']]], // EM_PARISC
  [18, [['sparc'], []]], // EM_SPARC32PLUS
  [20, [['ppc'], []]], // EM_PPC
  [21, [[], ['ppc64']]], // EM_PPC64
  [22, [['s390'], ['s390']]], // EM_S390
  [40, [['arm'], []]], // EM_ARM
  [43, [[], ['sparc']]], // EM_SPARCV9
  [50, [[], ['ia64']]], // EM_IA_64
  [62, [['amd64'], ['amd64']]], // EM_X86_64; 32 bit is the x32 ABI
  [183, [[], ['arm64']]], // EM_AARCH64
  [243, [['riscv'], ['riscv']]], // EM_RISCV
  [258, [['loong'], ['loong']]], // EM_LOONGARCH
  [0x9026, [[], ['alpha']]], // EM_ALPHA
])

/**
 * The ARCH words that a system whose programs begin like this may have: an amd64 kernel also runs systems of x86, but
 * their programs are still x86's, so there is one word or none.
 * @returns undefined for what is no ELF file; empty for a machine that Gentoo has no word for
 */
export function elfArches(head: Uint8Array): readonly string[] | undefined {
  if (head.length < ELF_HEADER || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) {
    return undefined
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const [bits, data] = [head[4], head[5]]
  if ((bits !== 1 && bits !== 2) || (data !== 1 && data !== 2)) return undefined
  return MACHINES.get(view.getUint16(18, data === 1))?.[bits - 1] ?? []
}
