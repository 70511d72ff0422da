/** What makes packages be compiled again: each cause, what is changed for it, and exactly what it compiles. Pure. */
import type { Changes } from '../lab/lab.ts'
import { eclass, library, path, registrar, saying } from '../lab/rebuilds.ts'

export const MANY = 'lab-rebuilds'
export const PIECE = 'portage.locals/lab-rebuilds'

export interface Cause {
  readonly title: string
  /** Changed in the configuration. */
  readonly configured?: Changes
  /** Changed in the lab's repository. */
  readonly committed?: Changes
  /** All that is compiled again, and nothing else is. */
  readonly compiled: readonly string[]
  /** What is in the root's files then, below /usr/share/lab. */
  readonly texts?: Readonly<Record<string, string>>
}

/** In turn: what one changed stays for the next. */
export const CAUSES: readonly Cause[] = [
  // Each alone.
  {
    title: 'an ebuild, edited without a new revision',
    committed: { [path('app-lab/edited-1.0')]: saying('as it is now') },
    compiled: ['app-lab/edited-1.0'],
    texts: { edited: 'as it is now' },
  },
  {
    title: 'an eclass',
    committed: { 'eclass/lab-things.eclass': eclass('inherited anew') },
    compiled: ['app-lab/inherits-1.0', 'app-lab/inherits-too-1.0'],
    texts: { 'inherits-too': 'inherited anew' },
  },
  {
    title: 'a file of FILESDIR, and what links to it',
    committed: { 'app-lab/filed/files/text': 'another file\n' },
    compiled: ['app-lab/filed-1.0', 'app-lab/filed-too-1.0'],
    texts: { filed: 'another file', 'filed-too': 'another file\nanother file' },
  },
  {
    title: 'a user patch',
    configured: {
      [`${PIECE}/patches/app-lab/patched/0001.patch`]: '--- a/text\n+++ b/text\n@@ -1 +1 @@\n-unpatched\n+patched\n',
    },
    compiled: ['app-lab/patched-1.0'],
    texts: { patched: 'patched' },
  },
  {
    title: 'package.env',
    configured: {
      [`${PIECE}/package.env`]: 'app-lab/tuned tuned.conf\n',
      [`${PIECE}/env/tuned.conf`]: 'CFLAGS="-O1 -g"\n',
    },
    compiled: ['app-lab/tuned-1.0'],
    texts: { tuned: '-O1 -g' },
  },
  {
    title: 'a hook of one package in env/',
    configured: { [`${PIECE}/env/app-lab/hooked`]: 'export LAB_HOOK=somebody\n' },
    compiled: ['app-lab/hooked-1.0'],
    texts: { hooked: 'hooked by somebody' },
  },
  // Between packages. Who only runs with a changed one stays as it is.
  {
    title: 'what others need to run (RDEPEND)',
    committed: { [path('dev-lab/runlib-1.0')]: saying('to run better') },
    compiled: ['dev-lab/runlib-1.0'],
    texts: { runlib: 'to run better' },
  },
  {
    title: 'what others want afterwards (PDEPEND)',
    committed: { [path('app-lab/later-1.0')]: saying('later still') },
    compiled: ['app-lab/later-1.0'],
    texts: { later: 'later still' },
  },
  {
    title: 'what others are merged with (IDEPEND)',
    committed: { [path('dev-lab/registrar-1.0')]: registrar('registered anew') },
    compiled: ['dev-lab/registrar-1.0'],
    texts: { register: 'registered anew' },
  },
  {
    title: 'what others are built with (BDEPEND), and these in turn',
    committed: { [path('dev-lab/tool-1.0')]: saying('a better tool') },
    compiled: ['dev-lab/tool-1.0', 'app-lab/made-1.0', 'app-lab/made-of-made-1.0'],
    texts: { 'made-of-made': 'a better tool' },
  },
  {
    title: 'USE of a dependency',
    configured: { [`${PIECE}/package.use/color`]: 'dev-lab/lib color\n' },
    compiled: ['dev-lab/lib-1.0', 'app-lab/coloured-1.0'],
    texts: { coloured: 'colourful' },
  },
  {
    title: 'a flag that wants something more to build',
    configured: { [`${PIECE}/package.use/extra`]: 'app-lab/choosy extra\n' },
    compiled: ['app-lab/choosy-1.0', 'dev-lab/extra-1.0'],
    texts: { choosy: 'extra\nchoosy' },
  },
  {
    title: 'a new sub-slot',
    committed: { [path('dev-lab/abi-2.0')]: library('2.0') },
    compiled: ['dev-lab/abi-2.0', 'app-lab/linked-1.0', 'app-lab/bound-1.0'],
    texts: { linked: 'abi 2.0' },
  },
  {
    title: 'a mask of the first provider of a virtual',
    configured: { [`${PIECE}/package.mask/one`]: 'dev-lab/one\n' },
    compiled: ['dev-lab/two-1.0', 'app-lab/built-with-a-thing-1.0'],
    texts: { thing: 'two', 'built-with-a-thing': 'two' },
  },
  {
    title: 'a mask of the newest version',
    configured: { [`${PIECE}/package.mask/newest`]: '>=dev-lab/newest-2\n' },
    compiled: ['dev-lab/newest-1.0'],
    texts: { newest: 'newest 1.0' },
  },
  // From above.
  {
    title: 'USE of the profile',
    committed: { 'profiles/bare/make.defaults': 'USE="marked"\n' },
    compiled: ['app-lab/flagged-1.0'],
    texts: { flagged: 'marked' },
  },
  {
    title: 'a group of flags of the profile',
    committed: { 'profiles/bare/make.defaults': 'USE="marked"\nVIDEO_CARDS="virgl"\n' },
    compiled: ['app-lab/screened-1.0'],
    // Among profiles groups add up: the parent has fbdev.
    texts: { screened: 'virgl fbdev' },
  },
  {
    title: 'package.use of the profile',
    committed: { 'profiles/bare/package.use': 'app-lab/chosen chosen\n' },
    compiled: ['app-lab/chosen-1.0'],
    texts: { chosen: 'chosen' },
  },
  {
    title: 'nothing: an ebuild that nobody has, and a text that is no part of a package',
    committed: {
      [path('app-lab/nobodys-1.0')]: saying('unheard'),
      'app-lab/edited/metadata.xml': '<pkgmetadata/>\n',
    },
    compiled: [],
  },
]
