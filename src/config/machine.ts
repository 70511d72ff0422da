/** `stage4.defines/NAME/`: one machine. */
import { dirname, join } from 'node:path'
import { readScripts } from './scripts.ts'
import type { ConfigTree } from './tree.ts'
import type { Stage3Define, Stage4Define, UserFile } from './model.ts'

export async function readMachine(
  tree: ConfigTree,
  at: string,
  name: string,
  stage3s: ReadonlyMap<string, Stage3Define>,
): Promise<Stage4Define | undefined> {
  const stage3Name = await tree.word(join(at, 'stage3'), 'the name of a stage3 definition', true)
  const profile = await tree.word(join(at, 'profile'), 'the name of a bootstrapped profile', true)
  const stage3 = stage3Name === undefined ? undefined : stage3s.get(stage3Name)
  if (stage3Name !== undefined && stage3 === undefined)
    tree.unknown(join(at, 'stage3'), 1, 'stage3 definition', stage3Name, stage3s.keys())
  const scripts = await readScripts(tree, join(at, 'scripts'))
  const files = await readUserFiles(tree, join(at, 'files'))
  const nodes = await tree.text(join(at, 'nodes'))
  const hostname = await tree.word(join(at, 'hostname'), 'a host name', false)
  if (hostname !== undefined && !/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62})$/.test(hostname))
    tree.problem({
      file: join(at, 'hostname'),
      line: 1,
      message: `a host name (letters, digits, dots, dashes) was wanted; found ${hostname}.`,
    })
  if (stage3 === undefined || profile === undefined) return undefined
  return { name, stage3, profile, scripts, files, nodes, hostname }
}

/** All files of the named folders of `user.files/`; of two with one path the later folder's stands. */
async function readUserFiles(tree: ConfigTree, file: string): Promise<UserFile[]> {
  const folders = new Map((await tree.entries('user.files')).map((name) => [name, join('user.files', name)]))
  const byPath = new Map<string, UserFile>()
  for (const folder of await tree.lookUp(file, 'folder in user.files', folders))
    for (const path of await tree.walkUserFiles(folder)) {
      const read = await tree.userFile(folder, path)
      if (read !== undefined) byPath.set(path, read)
    }
  refuseFilesBelowFiles(tree, byPath)
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** What is a file or a link in one folder and a folder in another cannot be both; behind a link is another place. */
function refuseFilesBelowFiles(tree: ConfigTree, byPath: ReadonlyMap<string, UserFile>): void {
  for (const { path, file } of byPath.values())
    for (let above = dirname(path); above !== '.'; above = dirname(above)) {
      const other = byPath.get(above)
      if (other !== undefined)
        tree.problem({ file, message: `a folder was wanted at ${above}; ${other.file} is a file or a link.` })
    }
}
