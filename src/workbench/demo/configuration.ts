/** The demo's configuration: two machines that share pieces, on top of the starter. */
import type { Miniature } from '../../../miniature/miniature.ts'

export const PROFILE = 'demo'

/** What the demo puts in the place of the starter: path → text, null for what it has not. */
export function demoFiles(miniature: Miniature, keys: string, fingerprint: string): Record<string, string | null> {
  return {
    // The same builder on every host, from what the miniature has.
    'stage3.defines/gentoomuch/builder/cpu': 'generic\n',
    'stage3.defines/gentoomuch/builder/packages': null,
    'stage3.defines/gentoomuch/builder/portage.local': null,
    'package.sets/gentoomuch-builder': null,
    'portage.locals/gentoomuch/builder/package.use': null,
    'env/sign.key': `${fingerprint}\n`,
    'env/sign.home': `${keys}\n`,
    // Places of this host, which enter no root: so the same stage4s come out wherever the demo stands, and for anybody.
    'env/mirrors': `# The miniature's sources lie in a folder of this host; addresses work as well.\n${miniature.distfiles}\n`,
    'env/repositories/gentoo': `${miniature.repository}\n`,
    'portage.locals/colourful/package.use': 'dev-libs/libgreet color\n',
    'package.sets/greeting': '# Two programs that share a library.\napp-misc/greet\napp-misc/farewell\n',
    'package.sets/household': 'app-misc/cachemaker\nnet-misc/greetd\nsys-apps/oddfiles\n',
    'stage3.defines/porch/cpu': 'generic\n',
    'stage3.defines/porch/packages': 'greeting\n',
    'stage3.defines/porch/portage.local': 'colourful\n',
    'stage3.defines/workshop/cpu': 'generic\n',
    'stage3.defines/workshop/packages': 'greeting\nhousehold\n',
    'stage3.defines/workshop/portage.local': 'colourful\n',
    'stage4.defines/porch/stage3': 'porch\n',
    'stage4.defines/porch/profile': `${PROFILE}\n`,
    'stage4.defines/porch/hostname': 'porch\n',
    'stage4.defines/workshop/stage3': 'workshop\n',
    'stage4.defines/workshop/profile': `${PROFILE}\n`,
    'stage4.defines/workshop/hostname': 'workshop\n',
    'stage4.defines/workshop/files': 'motd\n',
    'stage4.defines/workshop/scripts': 'greet-everyone\n',
    'stage4.defines/workshop/services': 'greetd default\n',
    'stage4.defines/workshop/locales': 'de_DE.UTF-8 UTF-8\nfr_FR.UTF-8 UTF-8\n',
    'stage4.defines/workshop/timezone': 'Europe/Zurich\n',
    'stage4.defines/workshop/removes': 'slim\n',
    'stage4.defines/workshop/nodes':
      '# Made by tar when the stage4 is unpacked as root.\n-m 600 /dev/console c 5 1\n-m 666 /dev/null c 1 3\n',
    'user.files/motd/etc/motd': 'This machine was built by Gentoomuch.\n',
    'user.removes/slim':
      '# Locales are made before this; nothing else reads what they are made from.\n/usr/share/i18n\n/usr/share/zoneinfo/*.tab\n',
    'user.scripts/greet-everyone':
      '# Runs inside the finished root, with no network.\ngreet everyone > /etc/greeting\n',
  }
}
