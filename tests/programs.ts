/** Installs the programs that the tests need, without a question: `./test` is for machines that are there for that. */
import { formatError } from '../src/report/error.ts'
import { MINIATURE_PROGRAMS, PIGZ, PROGRAMS, SQFSTAR, type Program } from '../src/system/os-packages.ts'
import { ensurePrograms } from '../src/workbench/prerequisites.ts'

/** Serves a repository to the tests; what fetches it is the seed's own. */
const RSYNC: Program = { name: 'rsync', purpose: 'for the tests', debian: 'rsync', gentoo: 'net-misc/rsync' }

try {
  await ensurePrograms([...PROGRAMS, ...MINIATURE_PROGRAMS, PIGZ, SQFSTAR, RSYNC], {
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
