/** `env/`: what belongs to this host and this user, one small file each. */
import { availableParallelism } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { nameLines, type ConfigTree } from './tree.ts'
import type { Env } from './model.ts'

const schema = z.object({
  arch: z.string().regex(/^[a-z0-9_-]+$/, "Gentoo's name of an architecture, such as amd64 or arm64, was wanted"),
  jobs: z.coerce
    .number('a number was wanted')
    .int('a whole number was wanted')
    .min(1, 'at least 1 was wanted')
    .max(4096),
  profile: z.string().optional(),
  engine: z.enum(['embedded', 'docker', 'podman'], 'embedded, docker or podman was wanted'),
  compression: z.string(),
})

export async function readEnv(tree: ConfigTree): Promise<Env> {
  const word = (name: string) => tree.word(`env/${name}`, `the value of ${name}`, false)
  const line = async (name: string) => (await tree.text(`env/${name}`))?.text.trim()
  const read = {
    arch: (await word('arch')) ?? 'amd64',
    jobs: (await word('jobs')) ?? String(availableParallelism()),
    profile: await word('profile'),
    engine: (await word('engine')) ?? 'embedded',
    compression: (await line('compression')) ?? 'zstd',
  }
  const checked = schema.safeParse(read)
  for (const issue of checked.error?.issues ?? []) {
    const name = String(issue.path[0])
    tree.problem({
      file: `env/${name}`,
      line: 1,
      message: `${issue.message}; found ${JSON.stringify(read[name as keyof typeof read])}.`,
    })
  }
  const { arch, jobs, profile, engine, compression } = checked.data ?? { ...read, jobs: 1 }
  return {
    arch,
    jobs,
    profile,
    engine,
    compression,
    signer: await readSigner(tree),
    mirrors: nameLines((await tree.text('env/mirrors'))?.text ?? '').map(({ name }) => name),
    repositories: await readRepositories(tree),
  }
}

async function readRepositories(tree: ConfigTree): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const name of await tree.entries('env/repositories')) {
    const uri = await tree.word(`env/repositories/${name}`, 'an address or a path', true)
    if (uri !== undefined) found.set(name, uri)
  }
  return found
}

async function readSigner(tree: ConfigTree): Promise<Env['signer']> {
  const key = (await tree.text('env/sign.key'))?.text.trim().replaceAll(/\s+/g, ' ')
  if (key === undefined || key === '') return undefined
  const home = await tree.word('env/sign.home', 'the path of a GnuPG home', false)
  return { key, home: home === undefined || isAbsolute(home) ? home : join(tree.path, home) }
}
