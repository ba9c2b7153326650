import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { rootDir } from '#server/core/config.ts'
import { createEgress, type Egress } from '#server/core/egress.ts'
import { createProxies } from '#server/core/http/proxy.ts'
import { StartError } from '#server/core/problem.ts'
import { onLoopback } from '../../../support/loopback.ts'
import { ownAuthority, tlsEndpoint, tunnelTo } from '../../../support/tls-endpoint.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

const get = (egress: Egress, url: string, reach: 'listed' | 'public' = 'listed') =>
  egress.request({ url, method: 'GET', headers: {}, timeoutMs: 10_000, pool: 'p', reach })

function egressWith(proxies: { https?: string; http?: string; no?: string }, allow: string[], address?: string) {
  const settings = { https: undefined, http: undefined, no: '', ...proxies }
  const lookup = address === undefined ? undefined : async () => [{ address }]
  const egress = createEgress({ egressAllow: allow, proxies: settings, codeVersion: '1.2.3' }, lookup)
  onTestFinished(() => egress.close())
  return egress
}

test('every request says which program and version sends it', async () => {
  const { port, seen } = await plainEndpoint()
  await get(egressWith({}, [`127.0.0.1:${port}`]), `http://127.0.0.1:${port}/v1/models`)
  expect(seen).toEqual(['vlm-arena/1.2.3'])
})

async function plainEndpoint() {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers['user-agent'] ?? '')
    response.end('{}')
  })
  const { port, close } = await onLoopback(server)
  onTestFinished(close)
  return { port, seen }
}

test('a public host is reached through HTTP_PROXY by its judged address; one that is private is not', async () => {
  const { port, seen } = await plainEndpoint()
  const proxy = await tunnelTo(port, 'me:se cret')
  const through = { http: `http://me:se%20cret@${proxy.origin}` }
  await get(egressWith(through, [], '93.184.216.34'), 'http://model.example/v1', 'public')
  expect(proxy.asked).toEqual(['93.184.216.34:80'])
  expect(seen).toHaveLength(1)
  await expect(get(egressWith(through, [], '10.0.0.1'), 'http://inside.example/', 'public')).rejects.toThrow('public')
  expect(proxy.asked).toHaveLength(1)
})

test('a proxy that refuses is named with what it said', async () => {
  const { port } = await plainEndpoint()
  const proxy = await tunnelTo(port, 'me:secret')
  const refused = get(egressWith({ http: proxy.origin }, ['model.example:80']), 'http://model.example/')
  await expect(refused).rejects.toThrow(
    `The proxy http://${proxy.origin} did not connect to model.example:80: it answered 407`,
  )
})

test('an https host is asked for its own certificate through the proxy, and one that nobody trusts is said with the cure', async () => {
  const { port } = await tlsEndpoint()
  const proxy = await tunnelTo(port)
  const egress = egressWith({ https: proxy.origin }, ['model.test:443'])
  await expect(get(egress, 'https://model.test/v1')).rejects.toThrow(/NODE_EXTRA_CA_CERTS/)
  expect(proxy.asked).toEqual(['model.test:443'])
})

test('with NODE_EXTRA_CA_CERTS the house’s own certificate is taken, direct and through a proxy', async () => {
  const { port } = await tlsEndpoint()
  const proxy = await tunnelTo(port)
  const script = `
    import { createEgress } from './server/core/egress.ts'
    const proxies = { https: ${JSON.stringify(proxy.origin)}, http: undefined, no: '127.0.0.1' }
    const egress = createEgress({ egressAllow: ['model.test:443', '127.0.0.1:${port}'], proxies })
    for (const url of ['https://model.test/v1', 'https://127.0.0.1:${port}/v1']) {
      const { status } = await egress.request({ url, method: 'GET', headers: {}, timeoutMs: 10_000, pool: 'p', reach: 'listed' })
      console.log(status)
    }
    await egress.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: rootDir,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: ownAuthority },
  })
  expect(stdout).toBe('200\n200\n')
  expect(proxy.asked).toEqual(['model.test:443'])
})

test('http where TLS is spoken, and TLS where http is, are told apart in words', async () => {
  const { port: tls } = await tlsEndpoint()
  const { port: plain } = await plainEndpoint()
  const egress = egressWith({}, [`127.0.0.1:${tls}`, `127.0.0.1:${plain}`])
  await expect(get(egress, `https://127.0.0.1:${plain}/`)).rejects.toThrow(
    'is its address http:// rather than https://?',
  )
  await expect(get(egress, `http://127.0.0.1:${tls}/`)).rejects.toThrow(/https|before the reply was whole/)
})

test('0.0.0.0, which a server prints that listens everywhere, is this machine where it is allowed', async () => {
  const { origin } = await scriptedEndpoint()
  const port = new URL(origin).port
  const egress = egressWith({}, [])
  egress.allow(`http://0.0.0.0:${port}`)
  expect((await get(egress, `http://0.0.0.0:${port}/v1/models`)).status).toBe(200)
  await expect(get(egressWith({}, []), `http://0.0.0.0:${port}/v1/models`)).rejects.toThrow('is not a public address')
})

test('NO_PROXY leaves out names with what is below them, blocks and ports; this machine never has a proxy', () => {
  const { of } = createProxies({
    https: 'http://proxy:3128',
    http: 'proxy:8080',
    no: '.house.example, 10.0.0.0/8 models.example:8443,*.wild.example',
  })
  expect(of('https:', 'api.example.org', 443)).toBe('http://proxy:3128')
  expect(of('http:', 'api.example.org', 80)).toBe('http://proxy:8080')
  for (const host of [
    'house.example',
    'a.house.example',
    '10.1.2.3',
    'x.wild.example',
    '127.0.0.1',
    'localhost',
    '::1',
    '0.0.0.0',
  ]) {
    expect([host, of('https:', host, 443)]).toEqual([host, undefined])
  }
  expect(of('https:', 'models.example', 8443)).toBeUndefined()
  expect(of('https:', 'models.example', 443)).toBe('http://proxy:3128')
  expect(of('https:', 'nothouse.example', 443)).toBe('http://proxy:3128')
  expect(createProxies({ https: 'http://proxy:1', http: undefined, no: '*' }).of('https:', 'a.b', 443)).toBeUndefined()
  expect(() => createProxies({ https: 'socks5://x', http: undefined, no: '' })).toThrow(StartError)
})
