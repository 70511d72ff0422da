import { expect, test } from 'vitest'
import { curlArguments, curlEnvironment } from './curl.ts'
import { PATIENCE } from './http-patience.ts'

const asked = { url: 'https://h/x', limits: PATIENCE }

test('a command line', () => {
  const line = curlArguments({ ...asked, rest: { from: 7, unchanged: '"tag"' } }, '/tmp/head').join(' ')
  expect(line).toBe(
    '--disable --silent --show-error --fail --globoff --no-buffer --proto =http,https --proto-redir =http,https ' +
      '--location --max-redirs 5 --connect-timeout 20 --speed-limit 1000 --speed-time 30 --suppress-connect-headers ' +
      '--dump-header /tmp/head --range 7- --header If-Range: "tag" --url https://h/x',
  )
})

test('a request for the head alone shows nothing of it', () => {
  const line = curlArguments({ ...asked, headOnly: true }, '/tmp/head')
  expect(line).toEqual(expect.arrayContaining(['--head', '--output', '/dev/null']))
})

test('of the environment only the way out is handed on', () => {
  const proxies = { http_proxy: 'a', HTTPS_PROXY: 'b', ALL_PROXY: 'socks5h://c', no_proxy: 'd', SSL_CERT_FILE: '/e' }
  const others = { HTTP_PROXY: 'f', SECRET: 'g', CURL_HOME: '/h' }
  const env = curlEnvironment({ PATH: '/bin', ...proxies, ...others })
  expect(env).toMatchObject(proxies)
  for (const name of Object.keys(others)) expect(env).not.toHaveProperty(name)
})
