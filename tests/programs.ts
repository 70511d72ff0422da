/** Installs the programs that the tests need, without a question: `./test` is for machines that are there for that. */
import { formatError } from '../src/report/error.ts'
import { MINIATURE_PROGRAMS, PIGZ, PROGRAMS, SQFSTAR, type Program } from '../src/system/os-packages.ts'
import { ensurePrograms } from '../src/workbench/prerequisites.ts'

/** Serves a repository to the tests; what fetches it is the seed's own. */
const RSYNC: Program = { name: 'rsync', purpose: 'for the tests', debian: 'rsync', gentoo: 'net-misc/rsync' }
/** What lets calls of the program go wrong is a small library (tests/faults/); Debian's gcc alone has no headers. */
const GCC: Program = { name: 'gcc', purpose: 'for the tests', debian: 'build-essential', gentoo: 'sys-devel/gcc' }

try {
  await ensurePrograms([...PROGRAMS, ...MINIATURE_PROGRAMS, PIGZ, SQFSTAR, RSYNC, GCC], {
    yes: true,
    emit: (event) => {
      if (event.type === 'note') console.log(event.text)
    },
  })
} catch (error) {
  const { text, exit } = formatError(error, true)
  process.stderr.write(text)
  process.exitCode = exit
}
