/** Packages that differ in what makes them be compiled again, as files of the lab's repository. Pure. */
import { ebuild, type EbuildOptions } from './ebuild.ts'
import { ebuildPath } from './overlay.ts'
import type { Changes } from './lab.ts'

/** Each package's file of one line in the root: `/usr/share/lab/PN`. */
export function textOf(name: string): string {
  return `usr/share/lab/${name}`
}

/** Installs what these commands print. */
function prints(...commands: readonly string[]): string[] {
  return [
    'src_install() {',
    '\tinsinto /usr/share/lab',
    `\t{ ${commands.join('; ')}; } > "\${T}/\${PN}" || die`,
    '\tdoins "${T}/${PN}"',
    '}',
  ]
}

const CAT = (name: string) => `cat "\${BROOT}/usr/share/lab/${name}"`

/** An ebuild that anybody may edit: it says its text. */
export function saying(text: string, options: EbuildOptions = {}): string {
  return ebuild({ ...options, lines: prints(`echo "${text}"`) })
}

/** A library's version: its sub-slot is its major version. */
export function library(version: string): string {
  return saying(`abi ${version}`, { slot: `0/${version.split('.')[0]}` })
}

export function eclass(text: string): string {
  return `# @ECLASS: lab-things.eclass\nlab-things_src_install() {\n\tinsinto /usr/share/lab\n\techo "${text}" > "\${T}/\${PN}"\n\tdoins "\${T}/\${PN}"\n}\nEXPORT_FUNCTIONS src_install\n`
}

/** Goes into `/` of the container that assembles, and is run there by who has it in IDEPEND. */
export function registrar(text: string): string {
  return ebuild({
    lines: [
      'src_install() {',
      `\tprintf '#!/bin/sh\\necho "${text}"\\n' > "\${T}/lab-registrar"`,
      '\tdobin "${T}/lab-registrar"',
      '}',
    ],
  })
}

const EBUILDS: Readonly<Record<string, string>> = {
  'app-lab/edited-1.0': saying('as it was'),
  'app-lab/inherits-1.0': ebuild({ inherit: 'lab-things', lines: [] }),
  'app-lab/inherits-too-1.0': ebuild({ inherit: 'lab-things', lines: [] }),
  'app-lab/filed-1.0': ebuild({ lines: prints('cat "${FILESDIR}/text"') }),
  'app-lab/filed-too-1.0': ebuild({ lines: prints('cat "${FILESDIR}/text" "${FILESDIR}/others/text"') }),
  'app-lab/patched-1.0': ebuild({
    lines: ['src_unpack() { echo unpatched > "${S}/text" || die; }', ...prints('cat "${S}/text"')],
  }),
  'app-lab/tuned-1.0': ebuild({ lines: prints('echo "${CFLAGS}"') }),
  'app-lab/hooked-1.0': ebuild({ lines: prints('echo "hooked by ${LAB_HOOK:-nobody}"') }),
  // Dependencies of each kind.
  'dev-lab/runlib-1.0': saying('to run'),
  'app-lab/runs-1.0': saying('runs', { needs: { RDEPEND: 'dev-lab/runlib' } }),
  'app-lab/later-1.0': saying('later'),
  'app-lab/first-1.0': saying('first', { needs: { PDEPEND: 'app-lab/later' } }),
  'dev-lab/registrar-1.0': registrar('registered'),
  'app-lab/registers-1.0': ebuild({
    needs: { IDEPEND: 'dev-lab/registrar' },
    lines: [
      ...prints('echo registers'),
      'pkg_postinst() { lab-registrar > "${EROOT}/usr/share/lab/register" || die; }',
    ],
  }),
  'dev-lab/tool-1.0': saying('a tool'),
  'app-lab/made-1.0': ebuild({ needs: { BDEPEND: 'dev-lab/tool' }, lines: prints(CAT('tool')) }),
  'app-lab/made-of-made-1.0': ebuild({ needs: { DEPEND: 'app-lab/made' }, lines: prints(CAT('made')) }),
  'dev-lab/extra-1.0': saying('extra'),
  'app-lab/choosy-1.0': ebuild({
    use: 'extra',
    needs: { DEPEND: 'extra? ( dev-lab/extra )' },
    lines: prints('use extra && ' + CAT('extra'), 'echo choosy'),
  }),
  // A library with a flag, built with and only run with; one whose sub-slot changes, built with, bound to by := alone, and
  // only run with.
  'dev-lab/lib-1.0': ebuild({ use: 'color', lines: prints('usex color colourful plain') }),
  'app-lab/coloured-1.0': ebuild({
    needs: { DEPEND: 'dev-lab/lib', RDEPEND: 'dev-lab/lib' },
    lines: prints(CAT('lib')),
  }),
  'app-lab/uncoloured-1.0': saying('uncoloured', { needs: { RDEPEND: 'dev-lab/lib' } }),
  'dev-lab/abi-1.0': library('1.0'),
  'app-lab/linked-1.0': ebuild({
    needs: { DEPEND: 'dev-lab/abi:=', RDEPEND: 'dev-lab/abi:=' },
    lines: prints(CAT('abi')),
  }),
  'app-lab/bound-1.0': saying('bound', { needs: { RDEPEND: 'dev-lab/abi:=' } }),
  'app-lab/loose-1.0': saying('loose', { needs: { RDEPEND: 'dev-lab/abi' } }),
  // A virtual, the first of whose providers Portage takes unless it is masked; a package whose newest version it takes.
  'dev-lab/one-1.0': ebuild({ lines: provider('one') }),
  'dev-lab/two-1.0': ebuild({ lines: provider('two') }),
  'virtual/lab-thing-0': ebuild({ needs: { RDEPEND: '|| ( dev-lab/one dev-lab/two )' }, lines: [] }),
  'app-lab/built-with-a-thing-1.0': ebuild({
    needs: { DEPEND: 'virtual/lab-thing', RDEPEND: 'virtual/lab-thing' },
    lines: prints(CAT('thing')),
  }),
  'app-lab/runs-with-a-thing-1.0': saying('runs with a thing', { needs: { RDEPEND: 'virtual/lab-thing' } }),
  'dev-lab/newest-1.0': saying('newest 1.0'),
  'dev-lab/newest-2.0': saying('newest 2.0'),
  // Of these the builder gets another version, or slot, than the machine.
  'dev-lab/keyed-1.0': saying('keyed 1.0'),
  'dev-lab/keyed-2.0': saying('keyed 2.0').replace('"amd64"', '"~amd64"'),
  'app-lab/keyed-user-1.0': ebuild({
    needs: { DEPEND: 'dev-lab/keyed', RDEPEND: 'dev-lab/keyed' },
    lines: prints(CAT('keyed')),
  }),
  'dev-lab/slotted-1.0': ebuild({ slot: '1', lines: slotted('1') }),
  'dev-lab/slotted-2.0': ebuild({ slot: '2', lines: slotted('2') }),
  'app-lab/slot-user-1.0': ebuild({
    needs: { DEPEND: 'dev-lab/slotted:=', RDEPEND: 'dev-lab/slotted:=' },
    lines: prints(`ls "\${BROOT}/usr/share/lab/slotted"`),
  }),
  'llvm-core/clang-99': ebuild({
    lines: [
      'src_install() {',
      '\tprintf \'#!/bin/sh\\necho "clang version 99 (lab)"\\n\' > "${T}/x86_64-pc-linux-gnu-clang"',
      '\tdobin "${T}/x86_64-pc-linux-gnu-clang"',
      '}',
    ],
  }),
  // What profiles decide.
  'app-lab/flagged-1.0': ebuild({ use: 'marked', lines: prints('usex marked marked unmarked') }),
  'app-lab/screened-1.0': ebuild({
    use: 'video_cards_fbdev video_cards_virgl',
    lines: prints('echo "${VIDEO_CARDS}"'),
  }),
  'app-lab/chosen-1.0': ebuild({ use: 'chosen', lines: prints('usex chosen chosen other') }),
}

function slotted(slot: string): string[] {
  return [
    'src_install() {',
    '\tinsinto /usr/share/lab/slotted',
    `\techo "${slot}" > "\${T}/${slot}"`,
    `\tdoins "\${T}/${slot}"`,
    '}',
  ]
}

function provider(name: string): string[] {
  return [
    'src_install() {',
    '\tinsinto /usr/share/lab',
    `\techo "${name}" > "\${T}/thing"`,
    '\tdoins "${T}/thing"',
    '}',
  ]
}

/** The set of a machine of which everything may be compiled again without taking long. */
export const FEW = ['edited', 'keyed-user', 'slot-user'].map((name) => `app-lab/${name}\n`).join('')

/** What the builder gets besides: a compiler, and packages that the machine has otherwise. */
export const OF_THE_BUILDER = ['llvm-core/clang', 'dev-lab/keyed', 'dev-lab/slotted:2']
  .map((name) => `${name}\n`)
  .join('')

/** What the machine names itself; the rest comes in as dependencies. */
export const SET =
  [
    'edited',
    'inherits',
    'inherits-too',
    'filed',
    'filed-too',
    'patched',
    'tuned',
    'hooked',
    'runs',
    'first',
    'registers',
    'made',
    'made-of-made',
    'choosy',
    'coloured',
    'uncoloured',
    'linked',
    'bound',
    'loose',
    'built-with-a-thing',
    'runs-with-a-thing',
    'flagged',
    'screened',
    'chosen',
  ]
    .map((name) => `app-lab/${name}\n`)
    .join('') + 'dev-lab/newest\n'

export function path(cpv: string): string {
  const [, name = '', version = ''] = /^(.+?)-(\d[^-]*)$/.exec(cpv) ?? []
  return ebuildPath(name, version)
}

export function rebuildsFiles(): Changes {
  return {
    ...Object.fromEntries(Object.entries(EBUILDS).map(([cpv, text]) => [path(cpv), text])),
    'profiles/categories': 'app-filler\napp-lab\ndev-lab\nllvm-core\nvirtual\n',
    'eclass/lab-things.eclass': eclass('inherited'),
    'app-lab/filed/files/text': 'a file\n',
    'app-lab/filed-too/files/text': { link: '../../filed/files/text' },
    'app-lab/filed-too/files/others': { link: '../../filed/files' },
    'profiles/bare/eapi': '8\n',
    'profiles/bare/parent': '../small\n',
    'profiles/bare/make.defaults': '',
    'profiles/bare/packages':
      'app-shells/bash sys-apps/coreutils sys-apps/findutils sys-libs/glibc sys-libs/system-libs'
        .split(' ')
        .map((name) => `-*${name}\n`)
        .join(''),
  }
}
