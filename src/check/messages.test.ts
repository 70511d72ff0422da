/** Each message of composing and of `check`, with its exact text, as pieces give it. */
import { expect, test } from 'vitest'
import type { CHECK_MESSAGES } from '../config/messages/check.ts'
import type { COMPOSING_MESSAGES } from '../config/messages/composing.ts'
import type { Config, Piece, Stage3Define, Stage4Define } from '../config/model.ts'
import { describeProblem, type Problem } from '../config/problem.ts'
import { makeConfs, piece } from '../portage/pieces.testkit.ts'
import { againstSnapshots } from './against-snapshot.ts'
import { machine, SNAPSHOT } from './checked.testkit.ts'
import { unexecutable } from './cpu.ts'
import { disagreements } from './disagreements.ts'
import { profiles } from './profiles.ts'
import { gentooProfiles, notSynced, withoutRepository } from './repositories.ts'
import { unknownSets } from './sets.ts'
import { siblings } from './siblings.ts'
import { unused } from './unused.ts'

/** What is looked at outside of this folder: the workbench's own tests of `check` say these, with their exact text. */
type Elsewhere = 'bad-node' | 'bad-compression' | 'uncommitted' | 'no-git'
type Code = Exclude<keyof typeof CHECK_MESSAGES | keyof typeof COMPOSING_MESSAGES, Elsewhere>

const composing = (files: Readonly<Record<string, string>>) => machine([piece('global', 'g', files)]).composed.problems
const makeConf = (...texts: string[]) => machine(makeConfs(...texts)).composed.problems
const uses = (ranks: 'local' | 'mixed', ...lines: string[]) =>
  disagreements(
    [
      machine(
        lines.map((line, index) =>
          piece(ranks === 'mixed' && index === 0 ? 'cpu' : 'local', `p${index}`, { 'package.use': `${line}\n` }),
        ),
      ),
    ],
    [SNAPSHOT],
  )

const against = (files: Readonly<Record<string, string>>, set?: string) =>
  againstSnapshots([machine([piece('global', 'g', files)], set)], [SNAPSHOT])

const cpu = (flags: string) =>
  unexecutable([machine(makeConfs(`COMMON_FLAGS="${flags}"\nCFLAGS="\${COMMON_FLAGS}"\n`))], 'amd64', {
    arch: 'amd64',
    features: new Set(['pni', 'ssse3', 'popcnt', 'sse4_1', 'sse4_2']),
  })

const nobody: Piece = { rank: 'local', name: 'nobody', folder: 'portage.locals/nobody', files: [] }
const stage4 = (profile: string): Stage4Define => ({
  name: 'porch',
  folder: 'stage4.defines/porch',
  profile,
  stage3: {} as Stage3Define,
  scripts: [],
  files: [],
  folders: [],
  nodes: undefined,
  hostname: undefined,
  kconf: undefined,
  kernel: '',
  removes: [],
  services: [],
  locales: [],
  timezone: undefined,
})
const empty: Config = {
  path: '/c',
  env: {} as Config['env'],
  global: { rank: 'global', name: 'g', folder: 'portage.global', files: [] },
  cpus: new Map(),
  locals: new Map([['nobody', nobody]]),
  sets: new Map(),
  stage3s: new Map(),
  stage4s: new Map(),
  patches: new Map(),
  kernelConfigs: new Map(),
}

const ROWS: { readonly [code in Code]: readonly [Problem[] | readonly Problem[], string] } = {
  'make-profile-in-piece': [
    composing({ 'make.profile': '' }),
    'g/make.profile: make.profile is made by the program. Name the profile in a file "profile" as repository:path.',
  ],
  'bad-profile': [
    composing({ profile: 'hardened' }),
    'g/profile:1: a profile as repository:path was wanted; found "hardened". An example: gentoo:default/linux/amd64/23.0.',
  ],
  'bad-repository': [
    composing({ 'repos.conf': '[gentoo]\n[../../x]\nlocation = /x\n' }),
    "g/repos.conf:2: a repository's name (letters, digits, _ and -, no - first) was wanted; found [../../x].",
  ],
  'source-outside': [
    makeConf('source /etc/passwd\n'),
    'p0/make.conf:1: source reads files of the same piece; there is no /etc/passwd in it. Put the lines here, or the file into the piece.',
  ],
  'source-circle': [makeConf('source make.conf\n'), 'p0/make.conf:1: source goes in a circle at make.conf.'],
  'env-without-file': [
    composing({ 'package.env': 'a/a fast' }),
    'g/package.env:1: package.env names fast; none of the pieces has a file env/fast. Make it, or take the name away.',
  ],
  'list-in-env': [
    composing({ 'package.env': 'a/a fast', 'env/fast': 'FEATURES="${FEATURES} a"\nX="${FEATURES}"\n' }),
    'g/env/fast:2: X uses the list FEATURES, which means another thing in files of env/. Write the words themselves.',
  ],
  'profile-only': [
    composing({ 'profile/make.defaults': 'PROFILE_ONLY_VARIABLES="MINE"\n', 'make.conf': 'MINE="x"\n' }),
    'g/make.conf:1: Portage takes MINE from profiles only; in make.conf it has no effect. Put it into profile/make.defaults of the piece.',
  ],
  'unprefixed-groups': [
    makeConf('USE_EXPAND_UNPREFIXED="MINE"\n'),
    'p0/make.conf:1: USE_EXPAND_UNPREFIXED cannot be set by a piece: what it names would not stack. Set USE itself.',
  ],
  'group-taken-back': [
    makeConf('USE_EXPAND="MINE"\n', 'USE_EXPAND="-MINE"\n'),
    'p1/make.conf:1: USE_EXPAND takes -MINE away; a group that is one for some pieces and none for others cannot be composed. Take the word out.',
  ],
  'value-too-long': [
    makeConf(`A="${'x'.repeat(60_000)}"\nB="$A$A"\n`),
    'p0/make.conf:2: a value of at most 100000 characters was wanted; that of B is longer, with what it refers to.',
  ],
  'source-too-often': [
    composing({
      'make.conf': 'source a\n',
      a: 'source b\nsource b\n'.repeat(40),
      b: 'source c\nsource c\n'.repeat(40),
      c: 'A="1"\n',
    }).slice(0, 1),
    'g/make.conf:1: source is used more than 1000 times here, one file in another.',
  ],
  'name-too-long': [
    composing({ [`package.use/${'x'.repeat(256)}`]: 'a/a b' }),
    `g/package.use/${'x'.repeat(256)}: a name of at most 255 bytes was wanted; in the composed /etc/portage this one has 256. Give the piece or the file a shorter name.`,
  ],
  'quote-in-list': [
    makeConf('USE="\'a\'"'),
    'p0/make.conf:1: words were wanted in the list USE; found a quotation mark among them. Words of a list hold no quotation marks.',
  ],
  'plus-in-list': [makeConf('USE="+a"'), 'p0/make.conf:1: a word or -word was wanted in USE; found +a. Write a.'],
  'unknown-in-group': [
    makeConf('VIDEO_CARDS="${X}"'),
    'p0/make.conf:1: VIDEO_CARDS becomes USE flags, so its words must be known here; no piece before this one sets X. Write the words themselves.',
  ],
  'group-repeats-profile': [
    makeConf('VIDEO_CARDS="-intel ${VIDEO_CARDS}"'),
    "p0/make.conf:1: VIDEO_CARDS repeats the profile's words behind its own, where they cannot be known. The profile's words count already; take the reference away.",
  ],
  'list-of-profile': [
    composing({ 'profile/make.defaults': 'FEATURES="${FEATURES} a"\nFEATURES="-b ${FEATURES}"\n' }),
    'g/profile/make.defaults:2: FEATURES uses FEATURES, which goes on from words of the profile that cannot be written here. Write the words themselves.',
  ],
  'empty-group': [
    makeConf('VIDEO_CARDS=""'),
    'p0/make.conf:1: VIDEO_CARDS is empty here, which changes nothing: lists add to what was there. Write -* to empty it.',
  ],
  'used-before-assigned': [
    makeConf('CONFIG_PROTECT="${DIR}"\nDIR="/a"\n'),
    'p0/make.conf:1: CONFIG_PROTECT uses DIR, which this piece sets only later. Move the line that sets DIR up.',
  ],
  'list-between-quotes': [
    makeConf('FEATURES="a"\nX="\\"b\\" ${FEATURES}"\n'),
    'p0/make.conf:2: X holds a list and quotation marks; what the list is cannot be written between them. Write the words themselves.',
  ],
  overruled: [
    uses('mixed', 'app-misc/greet:0 color', 'app-misc/greet -color'),
    'p1/package.use:1: package.use: "app-misc/greet -color" has no effect in porch: p0/package.use:1 says "app-misc/greet:0 color", and Portage lets the more specific atom win. Use the same atom here, or take the other line away.',
  ],
  'overruled-in-part': [
    uses('mixed', '=app-misc/greet-1.0 color', 'app-misc/greet -color'),
    'p1/package.use:1: package.use: "app-misc/greet -color" has no effect on what =app-misc/greet-1.0 means in porch: p0/package.use:1 says "=app-misc/greet-1.0 color", and Portage lets the more specific atom win. Where that is not meant, say it of =app-misc/greet-1.0 here, too.',
  ],
  'overruled-by-first-in-part': [
    uses('mixed', '>=app-misc/greet-1.1 color', '<app-misc/greet-2 -color'),
    'p1/package.use:1: package.use: "<app-misc/greet-2 -color" may have no effect on what >=app-misc/greet-1.1 means in porch: p0/package.use:1 says ">=app-misc/greet-1.1 color", and of two atoms that are equally specific Portage lets the first one win. Where that is not meant, say it of >=app-misc/greet-1.1 here, too.',
  ],
  'overruled-by-first': [
    uses('mixed', 'app-misc/greet::gentoo color', 'app-misc/greet -color'),
    'p1/package.use:1: package.use: "app-misc/greet -color" may have no effect in porch: p0/package.use:1 says "app-misc/greet::gentoo color", and of two atoms that are equally specific Portage lets the first one win. Use the same atom here, or take the other line away.',
  ],
  'siblings-disagree-line': [
    uses('local', 'app-misc/greet color', 'app-misc/greet -color'),
    'p1/package.use:1: package.use: "app-misc/greet -color" contradicts its sibling\'s "app-misc/greet color" (p0/package.use:1); in porch the later one wins. Decide it in one of them, or in the machine itself.',
  ],
  'siblings-disagree-word': [
    siblings([machine(makeConfs('USE="ssl"\n', 'USE="nls -ssl"\n'))], true),
    'p1/make.conf:1: USE: this piece says -ssl, its sibling says ssl (p0/make.conf:1); in porch the later one wins. Decide it in one of them, or in the machine itself.',
  ],
  'siblings-disagree-value': [
    siblings([machine(makeConfs('CFLAGS="-O2"\n', 'CFLAGS="-Os"\n'))], true),
    'p1/make.conf:1: CFLAGS: this piece replaces what its sibling says (p0/make.conf:1) in porch. Decide it in one of them, or in the machine itself.',
  ],
  'siblings-disagree-file': [
    siblings(
      [machine([piece('local', 'p0', { 'env/fast': 'A=1\n' }), piece('local', 'p1', { 'env/fast': 'A=2\n' })])],
      true,
    ),
    "p1/env/fast: env/fast takes the place of its sibling's file (p0/env/fast) in porch. Decide it in one of them, or in the machine itself.",
  ],
  'set-hidden': [
    machine([piece('global', 'g', { 'sets/tools': 'a/a\n' })], 'b/b\n').composed.problems,
    'package.sets/tools: the package set tools takes the place of the file of one name in a piece (g/sets/tools). Give one of them another name.',
  ],
  'no-such-package': [
    against({ 'package.use': 'app-misc/gret color\n' }),
    'g/package.use:1: app-misc/gret matches nothing in the current snapshot. Did you mean app-misc/greet?',
  ],
  'set-wants-nothing': [
    against({}, 'app-misc/libgreet\n'),
    'package.sets/tools:1: app-misc/libgreet matches nothing in the current snapshot, so the set cannot be built. Did you mean dev-libs/libgreet?',
  ],
  'no-such-flag': [
    against({ 'package.use': 'app-misc/greet colour\n' }),
    'g/package.use:1: no version of app-misc/greet in the current snapshot has the flag colour. Did you mean color?',
  ],
  'unknown-set': [
    unknownSets(
      [
        {
          sets: [{ name: 'tools', file: 'package.sets/tools', text: '', includes: [{ name: 'greeting', line: 2 }] }],
          directory: machine([]).composed.directory,
        },
      ],
      new Map(),
      [SNAPSHOT],
    ),
    "package.sets/tools:2: there is no package set greeting, neither here nor among the snapshot's own and Portage's. Did you mean greetings?",
  ],
  'profile-not-bootstrapped': [
    profiles([stage4('defalt')], ['default']),
    'stage4.defines/porch/profile:1: the profile defalt has not been bootstrapped; there are default. Did you mean default?',
  ],
  'nothing-bootstrapped': [
    profiles([stage4('default')], []),
    'stage4.defines/porch/profile:1: the profile default has not been bootstrapped yet. gentoomuch bootstrap default STAGE3',
  ],
  'not-synced': [
    notSynced([{ name: 'gentoo', file: 'g/repos.conf', line: 3 }]),
    'g/repos.conf:3: the repository gentoo is not here, so atoms, flags and USE_EXPAND groups were not held against it. gentoomuch sync',
  ],
  'no-repository': [
    withoutRepository([machine([])]),
    'portage.global: no piece of porch names a repository, so there is nothing to take packages from. Write portage.global/repos.conf/gentoo.conf as gentoomuch init does.',
  ],
  'profile-unknown-repository': [
    gentooProfiles([machine([piece('global', 'g', { 'repos.conf': '[gentoo]\n', profile: 'else:default' })])], []),
    'g/profile:1: the profile else:default stands in the repository else, which no piece of porch names; there are gentoo.',
  ],
  'no-such-profile': [
    gentooProfiles(
      [machine([piece('global', 'g', { 'repos.conf': '[gentoo]\n', profile: 'gentoo:bse' })])],
      [SNAPSHOT],
    ),
    'g/profile:1: the current snapshot of gentoo has no folder profiles/bse, which is to be the profile of porch. Did you mean base?',
  ],
  'no-metadata': [
    againstSnapshots(
      [machine([piece('global', 'g', { 'package.use': 'app-misc/greet color\n' })])],
      [
        {
          ...SNAPSHOT,
          versionsOf: (name) => SNAPSHOT.versionsOf(name).map((one) => ({ ...one, slot: undefined, iuse: undefined })),
        },
      ],
    ),
    'g/package.use:1: the repository gentoo brings no metadata/md5-cache for app-misc/greet, so its flags were not looked at.',
  ],
  'cpu-cannot': [
    cpu('-march=haswell -O2'),
    'p0/make.conf:2: CFLAGS asks for -march=haswell, which this host cannot execute (it lacks avx avx2 bmi1 bmi2 f16c fma abm movbe); installs that run what was built will fail. Build porch on a host that can.',
  ],
  'cpu-native': [
    cpu('-march=native'),
    'p0/make.conf:2: CFLAGS says -march=native, which means another thing on every host, so the same configuration gives other machines. Write out what it means: gcc -march=native -Q --help=target.',
  ],
  unused: [unused(empty), 'portage.locals/nobody: no definition uses this local piece.'],
}

test.each(Object.entries(ROWS))('%s', (code, [problems, text]) => {
  expect(problems.filter((one) => one.code === code).map(describeProblem)).toEqual([text])
})

test('what is right gives nothing', () => {
  expect(uses('mixed', 'app-misc/greet color', '=app-misc/greet-1.0 -color')).toEqual([])
  expect(uses('mixed', 'app-misc/greet color', 'app-misc/greet -color')).toEqual([])
  expect(siblings([machine(makeConfs('CFLAGS="-O2"\n', 'CFLAGS="${CFLAGS} -g"\n'))], true)).toEqual([])
  expect(against({ 'package.use': 'app-misc/greet color amd64\n*/* -nls\n' }, 'app-misc/greet\n')).toEqual([])
  expect(cpu('-O2 -march=x86-64-v2')).toEqual([])
})
