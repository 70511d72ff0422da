import { expect, test } from 'vitest'
import { curlError, masked, statusError } from './http-error.ts'

test.each([
  ['https://me:secret@host/x', 'https://***@host/x'],
  ['http://token@host', 'http://***@host'],
  ['http://a@b@host/x', 'http://***@host/x'],
  ['https://host/x@y', 'https://host/x@y'],
  ['from https://a:b@c/ to socks5h://d:e@f', 'from https://***@c/ to socks5h://***@f'],
  ['http://host/\u001b[31m', 'http://host/\\u001b[31m'],
])('credentials and controls of an address are never shown: %j', (text, wanted) => {
  expect(masked(text)).toBe(wanted)
})

test('a status is named', () => {
  expect(statusError('https://h/x', 404).message).toBe('https://h/x answered with status 404 (Not Found).')
  expect(statusError('https://h/x', 599).message).toBe('https://h/x answered with status 599.')
})

test("curl's own words are the reason, where it has any", () => {
  const said = curlError('https://h/x', 60, 'curl: (60) SSL certificate problem: expired\nMore details here: …\n')
  expect(said.message).toBe('https://h/x could not be fetched: SSL certificate problem: expired.')
  expect(curlError('https://h/x', 137, '').message).toBe(
    'https://h/x could not be fetched: curl ended with status 137.',
  )
  const proxy = curlError('https://h/x', 5, 'curl: (5) Could not resolve proxy: http://me:secret@p')
  expect(proxy.reason).toBe('Could not resolve proxy: http://***@p')
})
