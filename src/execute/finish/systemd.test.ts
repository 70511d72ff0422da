import { expect, test } from 'vitest'
import type { PlannedService } from '../../plan/machines.ts'
import { presetsOf, unitOf } from './systemd.ts'

function services(...lines: string[]): PlannedService[] {
  return lines.map((line, at) => {
    const is = line.startsWith('-') ? 'rests' : line.startsWith('!') ? 'masked' : 'starts'
    return { name: line.replace(/^[-!]/, ''), is, runlevel: undefined, file: 'services', line: at + 1 }
  })
}

const presets = (...lines: string[]) =>
  presetsOf(services(...lines))
    .split('\n')
    .slice(1, -1)

test('a name without a kind of unit is a service', () => {
  expect(['sshd', 'fstrim.timer', 'net.eth0', 'getty@tty1', 'a.service'].map(unitOf)).toEqual([
    'sshd.service',
    'fstrim.timer',
    'net.eth0.service',
    'getty@tty1.service',
    'a.service',
  ])
})

test('a line a unit; what is masked is off; of a unit named twice the last line counts', () => {
  expect(presets('sshd', '-cronie', '!debug.socket', '-sshd.service')).toEqual([
    'disable sshd.service',
    'disable cronie.service',
    'disable debug.socket',
  ])
})

test('instances that start stand with their template; a template of which instances only rest is off', () => {
  expect(presets('getty@tty2', '-getty@tty1', 'getty@a.b.service')).toEqual([
    'disable getty@tty1.service',
    'enable getty@.service tty2 a.b',
  ])
  expect(presets('-getty@tty1')).toEqual(['disable getty@tty1.service', 'disable getty@.service'])
  expect(presets('getty@', '-getty@tty1')).toEqual(['enable getty@.service', 'disable getty@tty1.service'])
})
