/** What makes people stumble in Portage's configuration, one machine each: pieces in their order. */
import type { Files } from './configurations.ts'

export const TRAPS: Readonly<Record<string, readonly Files[]>> = {
  'a list assigned twice in one piece: the last one is what the piece says': [
    { 'make.conf': 'USE="doc"\nUSE="color"\nFEATURES="nodoc"\nFEATURES="${FEATURES} noman"\n' },
    { 'make.conf': 'USE="ssl"\nUSE="${USE} -color"\n' },
  ],
  'make.conf as a folder is one piece, read by name': [
    { 'make.conf/20-late': 'USE="ssl ${USE}"\nFOO="${FOO} two"\n', 'make.conf/10-early': 'USE="color"\nFOO="one"\n' },
    { 'make.conf': 'USE="-ssl"\nFOO="${FOO} three"\n' },
  ],
  '${NAME} means the value at that point, across pieces': [
    { 'make.conf': 'COMMON_FLAGS="-O2"\nCFLAGS="${COMMON_FLAGS}"\nCOMMON_FLAGS="-O3"\n' },
    { 'make.conf': 'CFLAGS="${CFLAGS} -pipe ${COMMON_FLAGS} ${ABSENT}"\nFOO="${CFLAGS}"\nCFLAGS="none"\n' },
  ],
  '${USE} in front does not lift the profile above its own package.use': [
    { 'make.conf': 'USE="${USE} color"\n', 'profile/package.use': 'app-misc/greet -nls\n' },
    { 'make.conf': 'USE="${USE} ssl"\n' },
  ],
  '${FEATURES} goes on from the profile': [
    { 'make.conf': 'FEATURES="${FEATURES} nodoc"\nCONFIG_PROTECT="${CONFIG_PROTECT} /opt"\n' },
    { 'make.conf': 'FEATURES="noman ${FEATURES}"\nCONFIG_PROTECT="/srv -/opt"\n' },
  ],
  'a group takes words of the profile away and leaves package.use its own': [
    { 'make.conf': 'VIDEO_CARDS="intel"\n', 'package.use': '*/* VIDEO_CARDS: amdgpu\n' },
    { 'make.conf': 'VIDEO_CARDS="-fbdev -intel vesa"\n', 'package.use': 'dev-libs/libgreet VIDEO_CARDS: -* intel\n' },
  ],
  'a group is emptied with -*': [
    { 'make.conf': 'VIDEO_CARDS="intel vesa"\nUSE="color"\n' },
    { 'make.conf': 'VIDEO_CARDS="-* amdgpu"\nUSE="${USE} -video_cards_amdgpu"\n' },
  ],
  'USE flags of a group beside the group': [
    { 'make.conf': 'USE="-video_cards_* video_cards_vesa"\nCPU_FLAGS_X86="avx"\n' },
    { 'make.conf': 'VIDEO_CARDS="intel"\nUSE="-cpu_flags_x86_*"\n' },
  ],
  'a group of its own, declared in a piece': [
    { 'make.conf': 'USE_EXPAND="SOUND_CARDS"\nSOUND_CARDS="hda usb"\n' },
    { 'make.conf': 'SOUND_CARDS="-usb"\n', 'package.use': '*/* SOUND_CARDS: usb\n' },
  ],
  '-* clears what the profile and the pieces before gave': [
    { 'make.conf': 'USE="color ssl"\nACCEPT_KEYWORDS="~amd64"\n' },
    { 'make.conf': 'USE="-* nls"\nACCEPT_KEYWORDS="-* amd64"\nACCEPT_LICENSE="-* MIT"\n' },
    { 'make.conf': 'USE="doc"\nACCEPT_LICENSE="GPL-2"\n' },
  ],
  'licences, properties and restrictions add to the profile': [
    { 'make.conf': 'ACCEPT_LICENSE="Proprietary"\nACCEPT_PROPERTIES="-interactive"\n' },
    { 'make.conf': 'ACCEPT_LICENSE="-Proprietary @EULA"\nACCEPT_RESTRICT="-fetch"\n' },
    { 'profile/make.defaults': 'ACCEPT_LICENSE="MIT"\nACCEPT_RESTRICT="bindist"\n' },
  ],
  'the more specific atom wins over the later piece': [
    { 'package.use': '=dev-libs/libgreet-1.0 color\ndev-libs/libgreet:2 ssl\n>=net-misc/greetd-1 doc\n' },
    { 'package.use': 'dev-libs/libgreet -color -ssl\n<net-misc/greetd-2 -doc\n*/* doc\n' },
  ],
  'of two atoms that are equally specific the first one wins': [
    { 'package.use': 'net-misc/greetd::gentoo doc\n>=net-misc/greetd-1 ssl\n' },
    { 'package.use': 'net-misc/greetd -doc\n<=net-misc/greetd-2 -ssl\n' },
  ],
  '-* in package.use clears flags and groups': [
    { 'make.conf': 'USE="color nls ssl"\nVIDEO_CARDS="intel"\n', 'package.use': 'dev-libs/libgreet -* static\n' },
    { 'package.use': 'dev-libs/libgreet VIDEO_CARDS: vesa\n' },
  ],
  'GROUP: opens a group for the rest of the line': [
    { 'package.use': 'dev-libs/libgreet color VIDEO_CARDS: intel -amdgpu CPU_FLAGS_X86: avx\n' },
    { 'package.use': 'dev-libs/libgreet VIDEO_CARDS: -*\n' },
  ],
  'bare atoms and every sign of package.accept_keywords': [
    { 'package.accept_keywords': 'app-misc/farewell **\nsys-apps/oddfiles\nnet-misc/greetd ~*\n' },
    { 'package.accept_keywords': 'net-misc/greetd -~* *\n~dev-libs/libgreet-2.1_rc1\n*/*::gentoo arm64\n' },
  ],
  'folders in folders are read by name': [
    { 'package.use/b/two': 'app-misc/greet doc\n', 'package.use/a': 'app-misc/greet -doc\n' },
    { 'package.use/c': 'app-misc/greet nls\n', 'package.use/a/one': 'app-misc/greet -nls\n' },
  ],
  'masks and unmasks of several pieces': [
    { 'package.mask': 'net-misc/greetd\n>=dev-libs/libgreet-2\n', 'profile/package.mask': 'sys-apps/oddfiles\n' },
    { 'package.unmask': '=net-misc/greetd-1*\n', 'package.mask': '-net-misc/greetd\n~app-misc/greet-1.1\n' },
  ],
  'package.env: the later piece adds to it, and env/ goes on from make.conf': [
    { 'make.conf': 'FOO="pieces"\nCFLAGS="-O2"\n', 'package.env': 'app-misc/greet fast\n' },
    { 'make.conf': 'FOO="${FOO} two"\n', 'package.env': 'app-misc/greet plain\n=app-misc/greet-1.1 fast\n' },
  ],
  'line ends of Windows, and none at the end': [
    { 'make.conf': 'USE="color \\\r\n -nls"\r\nFOO="a"\r\n', 'package.use': 'app-misc/greet doc\r\n*/* nls' },
    { 'make.conf': 'USE="ssl"', 'package.use': 'app-misc/greet -doc', 'package.license': 'app-misc/* MIT\r\n' },
  ],
  'quotes of all kinds': [
    { 'make.conf': "FOO='a ${USE} b'\nCFLAGS=-O2\\ -pipe\nMAKEOPTS=\"-j1\"' -l2'\nUSE=color\\\n\n" },
    { 'make.conf': 'FOO="${FOO} it\'s \\$HOME \\\\ \\"x\\""  # it is\nUSE="color -nls"\n' },
  ],
  'flags that are forced and masked': [
    { 'profile/use.mask': 'ssl\n', 'profile/package.use.force': 'app-misc/greet doc\n' },
    { 'profile/use.mask': '-ssl\n', 'profile/package.use.mask': 'app-misc/greet doc\n', 'make.conf': 'USE="ssl"\n' },
  ],
  'profile/make.defaults stacks below make.conf': [
    { 'profile/make.defaults': 'USE="color"\nVIDEO_CARDS="intel"\nFOO="one"\n', 'make.conf': 'USE="-color"\n' },
    { 'profile/make.defaults': 'USE="ssl -color"\nVIDEO_CARDS="-intel vesa"\nFOO="${FOO} two"\n' },
  ],
  'words of the profile behind words of a piece': [
    { 'make.conf': 'ACCEPT_LICENSE="${ACCEPT_LICENSE} -@EULA"\nFEATURES="${FEATURES} nodoc"\n' },
    { 'make.conf': 'ACCEPT_LICENSE="Proprietary * @FREE ${ACCEPT_LICENSE}"\nFEATURES="-nodoc news ${FEATURES}"\n' },
    { 'make.conf': 'FOO="${FEATURES} ${CONFIG_PROTECT}"\nCONFIG_PROTECT="-/etc ${CONFIG_PROTECT} /srv"\n' },
  ],
  'a reference that is part of a word': [
    { 'make.conf': 'CONFIG_PROTECT="${CONFIG_PROTECT}/more"\nFEATURES="no${ABSENT}man"\n' },
    { 'make.conf': 'CONFIG_PROTECT="/a ${CONFIG_PROTECT}"\n' },
  ],
  'lists across profile/make.defaults and make.conf': [
    { 'profile/make.defaults': 'VIDEO_CARDS="intel"\nFEATURES="nodoc"\nACCEPT_RESTRICT="fetch"\nFOO="defaults"\n' },
    {
      'profile/make.defaults': 'FEATURES="noman"\nCPU_FLAGS_X86="-* avx"\n',
      'make.conf': 'FOO="${VIDEO_CARDS} ${FEATURES} ${FOO}"\nACCEPT_RESTRICT="bindist ${ACCEPT_RESTRICT}"\n',
    },
    { 'make.conf': 'FEATURES="ccache ${FEATURES}"\nCPU_FLAGS_X86="$CPU_FLAGS_X86 sse3"\nUSE="ssl"\n' },
  ],
  'a group that is declared by reference': [
    { 'make.conf': 'MY="SOUND_CARDS"\nUSE_EXPAND="${MY}"\nSOUND_CARDS="hda"\n' },
    { 'make.conf': 'SOUND_CARDS="usb -hda"\n' },
  ],
  'what is provided': [
    { 'profile/package.provided': 'net-misc/greetd-1.5\n' },
    { 'profile/package.provided': 'app-misc/greet-1.0\n-net-misc/greetd-1.5\n' },
  ],
  'names in folders that sort around the slash': [
    { 'package.use/gcc/z': 'app-misc/greet doc\n', 'package.use/gcc+x': 'app-misc/greet -doc\n' },
    { 'package.use/a b': 'app-misc/greet nls\n', 'package.use/a/z': 'app-misc/greet -nls\n' },
  ],
}
