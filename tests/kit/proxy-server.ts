/** A forward proxy on the loopback for tests: plain HTTP requests only, each of which it remembers. */
import { request as ask } from 'node:http'
import { listen } from './mirror-server.ts'

export interface ProxyServer {
  /** What `http_proxy` is set to. */
  readonly url: string
  /** Addresses that went through, oldest first. */
  readonly addresses: readonly string[]
  close(): Promise<void>
}

export async function serveProxy(): Promise<ProxyServer> {
  const addresses: string[] = []
  const { url, close } = await listen(({ url: address = '', method, headers }, response) => {
    addresses.push(address)
    const onwards = ask(address, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onwards.on('error', () => response.writeHead(502).end())
    onwards.end()
  })
  return { url, addresses, close }
}
