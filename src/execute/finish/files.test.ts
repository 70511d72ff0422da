import { expect, test } from 'vitest'
import type { PlannedFile } from '../../plan/machines.ts'
import { filesOf } from './files.ts'

const text = (path: string, bytes: string): PlannedFile => ({ path, bytes, mode: 0o644 })

test("settings are files, and the user's own files stand", () => {
  const settings = {
    files: [text('etc/motd', 'hello\n')],
    hostname: 'www1',
    timezone: { name: 'Europe/Zurich' },
    locales: [{ text: 'de_CH.UTF-8 UTF-8' }, { text: 'C.UTF-8 UTF-8' }],
  }
  expect(filesOf(settings)).toEqual([
    text('etc/hostname', 'www1\n'),
    text('etc/conf.d/hostname', 'hostname="www1"\n'),
    { path: 'etc/localtime', bytes: '', mode: 0o777, link: '../usr/share/zoneinfo/Europe/Zurich' },
    text('etc/locale.gen', 'de_CH.UTF-8 UTF-8\nC.UTF-8 UTF-8\n'),
    text('etc/motd', 'hello\n'),
  ])
  const own = [text('etc/hostname', 'mine\n'), text('etc/localtime', 'TZif'), text('etc/locale.gen', 'mine\n')]
  expect(filesOf({ ...settings, files: own })).toEqual([text('etc/conf.d/hostname', 'hostname="www1"\n'), ...own])
  expect(filesOf({ files: [], locales: [] })).toEqual([])
})
