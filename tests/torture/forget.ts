/** Work to be done again. */
import type { Person } from '../e2e/kit.ts'

/**
 * Takes away all that a machine's build gave, the lab's packages and trees too: as if it had never been built. Trees that only
 * their owner may remove are swept by the next run, as after a kill.
 */
export async function forget(who: Person, machine: string): Promise<void> {
  const script = `
    cd "$1" && rm -rf "stages/$2" store/packed/*
    grep -lE '"id":"[a-z]+:[^"]*/'"$2"'"' store/steps/*.json | xargs -r rm --
    grep -lE '"cpv":"app-filler/' store/packages/*/entry.json | xargs -r -n 1 dirname | xargs -r rm -r --
    for tree in store/trees/*; do
      grep -qF "\\"\${tree##*/}\\"" store/steps/*.json || rm -rf -- "$tree" 2>/dev/null
    done
    touch store/working`
  await who.shell(['bash', '-c', script, 'bash', who.data, machine])
}
