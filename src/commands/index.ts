/** Every verb: its words for the help, and where its file is. Files are loaded when their verb is called, and not before. */
import type { CommandFile } from './command.ts'

export interface Entry {
  /** One or two words: `bootstrap`, `stage build`. */
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<CommandFile>
}

export const COMMANDS: readonly Entry[] = [
  { name: 'init', summary: 'write a starter configuration; overwrites nothing', load: () => import('./init.ts') },
  { name: 'check', summary: 'say what is wrong, odd or unused in the configuration', load: () => import('./check.ts') },
  {
    name: 'config show',
    summary: 'print the /etc/portage that a machine is composed of',
    load: () => import('./config-show.ts'),
  },
  { name: 'config diff', summary: 'say how two machines differ', load: () => import('./config-diff.ts') },
  {
    name: 'config explain',
    summary: 'say where a variable or flag comes from',
    load: () => import('./config-explain.ts'),
  },
  { name: 'bootstrap', summary: 'make a verified stage3 the seed of a profile', load: () => import('./bootstrap.ts') },
  { name: 'profile ls', summary: 'list profiles', load: () => import('./profile-ls.ts') },
  { name: 'profile set', summary: 'choose the profile that commands take', load: () => import('./profile-set.ts') },
  {
    name: 'profile update',
    summary: "make a profile's builder anew, or move it to a newer stage3",
    load: () => import('./profile-update.ts'),
  },
  { name: 'profile rm', summary: 'forget a profile', load: () => import('./profile-rm.ts') },
  { name: 'sync', summary: 'take repositories to their newest verified state', load: () => import('./sync.ts') },
  {
    name: 'news',
    summary: 'list news and security advisories that concern the machines',
    load: () => import('./news.ts'),
  },
  { name: 'pipeline', summary: 'build, sign and publish machines', load: () => import('./pipeline.ts') },
  { name: 'stage build', summary: 'build, sign and publish one machine', load: () => import('./stage-build.ts') },
  { name: 'stage ls', summary: 'list published stage4s', load: () => import('./stage-ls.ts') },
  { name: 'why', summary: 'say why steps run, and why a package is in a machine', load: () => import('./why.ts') },
  {
    name: 'logs',
    summary: 'say what runs did; print the logs of a machine or a package',
    load: () => import('./logs.ts'),
  },
  { name: 'freshroot', summary: 'open a throw-away root to look around in', load: () => import('./freshroot.ts') },
  { name: 'clean', summary: 'remove what nothing needs any more', load: () => import('./clean.ts') },
  { name: 'doctor', summary: 'say what this host lacks', load: () => import('./doctor.ts') },
  { name: 'demo', summary: 'show the whole way on a small Gentoo that is made here', load: () => import('./demo.ts') },
]
