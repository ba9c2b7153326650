import { createServer, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { createServer as createSocketServer, type AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isPublicAddress, readAllowEntry } from '#server/core/address-rule.ts'
import { createEgress, EgressError, type Lookup, type OutgoingRequest } from '#server/core/egress.ts'
import { StartError } from '#server/core/problem.ts'

/** One name per line of addresses that no request may reach, in the spellings that parsers are fooled with. */
const privateHosts = [
  // loopback, in every base and length
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
  ],
  ...[
    '0x7F.0x00.0x00.0x01',
    '127.0.0.1.',
    '127.000.000.001',
    '%31%32%37.0.0.1',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127．0．0．1',
  ],
  ...['0', '0.0.0.0', '0x0', '00', '0.0.0.1', '0.255.255.255'],
  // private, shared, link-local, metadata
  ...[
    '10.0.0.1',
    '10.255.255.255',
    '167772161',
    '0xa000001',
    '012.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
  ],
  ...[
    '192.168.255.255',
    '3232235521',
    '100.64.0.1',
    '100.127.255.255',
    '100.100.100.200',
    '169.254.0.1',
    '169.254.169.254',
  ],
  ...['2852039166', '0xa9fea9fe', '0xa9.0xfe.0xa9.0xfe', '0251.0376.0251.0376', '169.254.170.2', '168.63.129.16'],
  // documentation, benchmarks, protocol assignments, multicast, reserved, broadcast
  ...[
    '192.0.0.1',
    '192.0.0.170',
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '198.18.0.1',
    '198.19.255.255',
    '192.88.99.1',
  ],
  ...['192.31.196.1', '192.52.193.1', '192.175.48.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.254'],
  '255.255.255.255',
  // IPv6: unspecified, loopback, compatible, mapped, translated
  ...['[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::127.0.0.1]', '[::7f00:1]', '[::10.0.0.1]', '[::ffff:127.0.0.1]'],
  ...['[::ffff:7f00:1]', '[::ffff:10.0.0.1]', '[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]', '[::ffff:8.8.8.8]'],
  ...['[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::8.8.8.8]', '[64:ff9b:1::7f00:1]'],
  ...['[2002:7f00:1::]', '[2002:a00:1::1]', '[2002:a9fe:a9fe::]', '[2002:808:808::]', '[2001::1]', '[2001:0:7f00:1::]'],
  // IPv6: local, multicast, documentation, special
  ...[
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00::1]',
    '[fd00:ec2::254]',
    '[fdff:ffff::1]',
    '[ff02::1]',
  ],
  ...[
    '[ff0e::1]',
    '[2001:db8::1]',
    '[3fff::1]',
    '[5f00::1]',
    '[100::1]',
    '[2001:2::1]',
    '[2001:10::1]',
    '[2001:20::1]',
  ],
  ...[
    '[2001:3::1]',
    '[2001:4:112::1]',
    '[2620:4f:8000::1]',
    '[4000::1]',
    '[8000::1]',
    '[e000::1]',
    '[1::1]',
    '[200::1]',
  ],
]

const badUrls = [
  ...['ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'data:text/plain,x', 'javascript:alert(1)'],
  ...[
    'ws://example.com/',
    'unix:/var/run/docker.sock',
    '//example.com/v1',
    'example.com/v1',
    '',
    ' ',
    'http://',
    'https://',
  ],
  ...['http://user@example.com/', 'http://user:pw@example.com/', 'http://:pw@example.com/', 'http://[::1/'],
  ...['http://[fe80::1%25eth0]/', 'http://exa mple.com/', 'http://example.com:99999/', 'http://127.0.0.1:80:80/'],
  ...[
    'http:\\\\127.0.0.1\\',
    'http://user:pw@127.0.0.1/',
    'http://127.0.0.1#@example.com/',
    'http://127.0.0.1?@example.com/',
  ],
]
const closedPorts = [
  ...['http://example.com:22/', 'http://example.com:8000/', 'https://example.com:8443/', 'http://8.8.8.8:53/'],
  ...['http://example.com:6379/', 'https://1.1.1.1:5432/', 'http://[2606:4700::1111]:11434/'],
]
const allowed = [
  ...[
    'https://api.example.com/v1',
    'http://example.com/',
    'https://8.8.8.8/',
    'http://1.1.1.1:443/',
    'https://example.com:443/',
  ],
  ...[
    'https://[2606:4700:4700::1111]/',
    'http://134744072/',
    'https://EXAMPLE.com./',
    'https://172.32.0.1/',
    'https://192.167.1.1/',
  ],
]

const vectors = privateHosts.flatMap((host) => [`http://${host}/v1`, `https://${host}:443/v1`])
const egress = () => createEgress({ egressAllow: [] }, async () => [{ address: '127.0.0.1' }])

describe(`${vectors.length + badUrls.length + closedPorts.length + allowed.length} addresses`, () => {
  test.each([...vectors, ...badUrls, ...closedPorts])('%j is refused before anything is sent', async (url) => {
    expect(egress().faultOf(url, 'public')).not.toBeNull()
    expect(egress().faultOf(url, 'listed')).not.toBeNull()
    await expect(egress().request(requestOf(url))).rejects.toMatchObject({ kind: 'refused' })
  })
  test.each(allowed)('%j may be tried', (url) => {
    expect(egress().faultOf(url, 'public')).toBeNull()
  })
})

test('every IPv4 address is judged as the table of special blocks says', () => {
  const special = [
    ...[
      [0, 8],
      [10 << 24, 8],
      [0x64400000, 10],
      [127 << 24, 8],
      [0xa9fe0000, 16],
      [0xac100000, 12],
      [0xc0000000, 24],
    ],
    ...[
      [0xc0000200, 24],
      [0xc01fc400, 24],
      [0xc034c100, 24],
      [0xc0586300, 24],
      [0xc0a80000, 16],
      [0xc0af3000, 24],
    ],
    ...[
      [0xc6120000, 15],
      [0xc6336400, 24],
      [0xcb007100, 24],
      [0xe0000000, 4],
      [0xf0000000, 4],
      [0xa83f8110, 32],
    ],
  ] as [number, number][]
  const inside = (address: number) =>
    special.some(([block, bits]) => address >>> (32 - bits) === (block >>> 0) >>> (32 - bits))
  const anywhere = fc.nat({ max: 0xffffffff })
  const nearEdges = fc
    .tuple(fc.constantFrom(...special), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([[block, bits], step, end]) => ((block >>> 0) + (end ? 2 ** (32 - bits) : 0) + step + 2 ** 32) % 2 ** 32)
  fc.assert(
    fc.property(fc.oneof(anywhere, nearEdges), (address) => {
      const text = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
      expect(isPublicAddress(text)).toBe(!inside(address >>> 0))
      expect(isPublicAddress(`::ffff:${text}`)).toBe(false)
    }),
    { numRuns: 20_000 },
  )
})

test('a name is refused when any of its addresses is private, and never connected to', async () => {
  const canary = await listener()
  for (const addresses of [
    ['127.0.0.1'],
    ['93.184.216.34', '127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['169.254.169.254'],
  ]) {
    const lookup: Lookup = async () => addresses.map((address) => ({ address }))
    const blocked = createEgress({ egressAllow: [] }, lookup)
    await expect(blocked.request(requestOf('http://rebind.example/'))).rejects.toMatchObject({ kind: 'refused' })
  }
  expect(canary.hits()).toBe(0)
})

test('a name is looked up and judged again for every request, whatever it answered before', async () => {
  let answers = 0
  const lookup: Lookup = async () => [{ address: answers++ % 2 === 0 ? '127.0.0.1' : '10.0.0.1' }]
  const rebinding = createEgress({ egressAllow: [] }, lookup)
  for (let attempt = 1; attempt <= 50; attempt++) {
    await expect(rebinding.request(requestOf('http://rebind.example/'))).rejects.toMatchObject({ kind: 'refused' })
    expect(answers).toBe(attempt)
  }
})

test('what the operator lists is reached on that host and port only, and only by those who may', async () => {
  const server = await listener()
  const other = await listener()
  const entry = `127.0.0.1:${server.port}`
  const listed = createEgress({ egressAllow: [entry] })
  const url = `http://${entry}/`
  expect((await listed.request(requestOf(url, { reach: 'listed' }))).status).toBe(200)
  await expect(listed.request(requestOf(url, { reach: 'public' }))).rejects.toMatchObject({ kind: 'refused' })
  await expect(listed.request(requestOf(`http://127.0.0.1:${other.port}/`, { reach: 'listed' }))).rejects.toMatchObject(
    { kind: 'refused' },
  )
  await expect(
    listed.request(requestOf(`http://127.0.0.2:${server.port}/`, { reach: 'listed' })),
  ).rejects.toMatchObject({ kind: 'refused' })
  expect(other.hits()).toBe(0)
})

test('a listed block opens its addresses on its port, but not where clouds keep their credentials', () => {
  const listed = createEgress({
    egressAllow: ['10.0.0.0/8:8000', '169.254.0.0/16:80', '0.0.0.0/0:9000', 'fd00::/8:8000'],
  })
  const fault = (url: string) => listed.faultOf(url, 'listed')
  expect(fault('http://10.1.2.3:8000/')).toBeNull()
  expect(fault('http://[fd12::1]:8000/')).toBeNull()
  expect(fault('http://10.1.2.3:8001/')).not.toBeNull()
  expect(fault('http://169.254.169.254/')).not.toBeNull()
  expect(fault('http://100.100.100.200:9000/')).not.toBeNull()
  expect(createEgress({ egressAllow: ['169.254.169.254:80'] }).faultOf('http://169.254.169.254/', 'listed')).toBeNull()
})

test('an origin that the program opens itself is reached by name too, on the address that answers', async () => {
  const server = await listener()
  const own = createEgress({ egressAllow: [] }, async () => [{ address: '127.0.0.9' }, { address: '127.0.0.1' }])
  own.allow(`http://models.test:${server.port}/v1`)
  expect((await own.request(requestOf(`http://models.test:${server.port}/`, { reach: 'listed' }))).status).toBe(200)
  expect(server.lastHost()).toBe(`models.test:${server.port}`)
})

test.each([301, 302, 303, 307, 308])('a redirect with %i is handed back, not followed', async (status) => {
  const canary = await listener()
  const server = await listener((response) =>
    response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/` }).end(),
  )
  const listed = createEgress({ egressAllow: [`127.0.0.1:${server.port}`, `127.0.0.1:${canary.port}`] })
  const reply = await listed.request(requestOf(`http://127.0.0.1:${server.port}/`, { reach: 'listed' }))
  expect(reply.status).toBe(status)
  expect(canary.hits()).toBe(0)
})

test('a reply of more than 8 MB, or with headers of more than 16 KB, is cut off as too large', async () => {
  const large = await listener((response) => response.end(Buffer.alloc(9 * 1024 ** 2)))
  const endless = await listener((response) => {
    response.writeHead(200)
    // A write to a closed socket calls back at once with the error, before the close is seen.
    const more = (error?: Error | null) => {
      if (!error && !response.destroyed) response.write(Buffer.alloc(64 * 1024), more)
    }
    more()
  })
  const wordy = await listener((response) => response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end())
  for (const { port } of [large, endless, wordy]) {
    const listed = createEgress({ egressAllow: [`127.0.0.1:${port}`] })
    const reply = listed.request(requestOf(`http://127.0.0.1:${port}/`, { reach: 'listed' }))
    await expect(reply).rejects.toMatchObject({ kind: 'too_large' })
  }
})

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['deflate', deflateSync],
])('a reply that comes packed with %s is unpacked; a bomb and a cut one are no reply', async (encoding, pack) => {
  const text = '{"words":"so be it"}'.repeat(100)
  const bodies: Record<string, Buffer> = {
    '/whole': pack(Buffer.from(text)),
    '/bomb': pack(Buffer.alloc(9 * 1024 ** 2)),
    '/cut': pack(Buffer.from(text)).subarray(0, -9),
  }
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-encoding': encoding }).end(bodies[request.url!])
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const listed = createEgress({ egressAllow: [new URL(origin).host] })
  const ask = (path: string) => listed.request(requestOf(origin + path, { reach: 'listed' }))
  expect((await ask('/whole')).body.toString()).toBe(text)
  await expect(ask('/bomb')).rejects.toMatchObject({ kind: 'too_large' })
  await expect(ask('/cut')).rejects.toMatchObject({
    kind: 'connection',
    message: expect.stringMatching(/cannot be unpacked/),
  })
  await listed.close()
})

test('a reply packed twice is unpacked twice, and one of an unknown packing is no reply', async () => {
  const twice = await reachable((response) =>
    response.writeHead(200, { 'content-encoding': 'gzip, br' }).end(brotliCompressSync(gzipSync('so be it'))),
  )
  const reply = await twice.egress.request(requestOf(twice.url, { reach: 'listed' }))
  expect(reply.body.toString()).toBe('so be it')
  const odd = await reachable((response) => response.writeHead(200, { 'content-encoding': 'lzma' }).end('x'))
  await expect(odd.egress.request(requestOf(odd.url, { reach: 'listed' }))).rejects.toThrow(/packed as lzma/)
})

test('an open reply may be longer than 8 MB, and its deadline ends with the headers', async () => {
  const piece = Buffer.alloc(1024 ** 2)
  const { egress, url } = await reachable((response) => {
    for (let count = 0; count < 9; count++) response.write(piece)
    setTimeout(() => response.end(), 2_200)
  })
  const reply = await egress.open(requestOf(url, { reach: 'listed', timeoutMs: 2_000 }))
  let length = 0
  for await (const chunk of reply.body) length += chunk.length
  expect(length).toBe(9 * piece.length)
})

test('an open reply that breaks off says so while it is read, and giving up or discarding it closes the socket', async () => {
  const broken = await reachable((response) => {
    response.writeHead(200, { 'content-length': 100 }).write('x', () => response.socket!.end())
  })
  const { body } = await broken.egress.open(requestOf(broken.url, { reach: 'listed' }))
  await expect(Array.fromAsync(body)).rejects.toMatchObject({ kind: 'connection' })
  const closed: Promise<unknown>[] = []
  const silent = await reachable((response) => {
    closed.push(once(response, 'close'))
    response.writeHead(200).write('x')
  })
  const giveUp = new AbortController()
  const reply = await silent.egress.open(requestOf(silent.url, { reach: 'listed', signal: giveUp.signal }))
  const reading = Array.fromAsync(reply.body)
  giveUp.abort()
  await expect(reading).rejects.toMatchObject({ kind: 'aborted' })
  ;(await silent.egress.open(requestOf(silent.url, { reach: 'listed' }))).discard()
  await Promise.all(closed)
  expect(closed).toHaveLength(2)
})

test('the deadline holds from the first byte to the last, and giving up closes the socket', async () => {
  const silent = await listener(() => {})
  const dripping = await listener((response) => {
    const timer = setInterval(() => response.write(' '), 10)
    response.on('close', () => clearInterval(timer))
  })
  for (const { port, open } of [silent, dripping]) {
    const listed = createEgress({ egressAllow: [`127.0.0.1:${port}`] })
    const url = `http://127.0.0.1:${port}/`
    await expect(listed.request(requestOf(url, { reach: 'listed', timeoutMs: 150 }))).rejects.toMatchObject({
      kind: 'timeout',
    })
    const signal = AbortSignal.timeout(100)
    await expect(listed.request(requestOf(url, { reach: 'listed', signal }))).rejects.toMatchObject({ kind: 'aborted' })
    await expect.poll(open).toBe(0)
  }
})

test('entries that cannot be read stop the start with a sentence that names them', () => {
  for (const entry of [
    'localhost',
    'http://localhost:8000',
    '10.0.0.0/33:80',
    'host:0',
    'host:70000',
    '10.0.0.0/8',
    ':80',
  ]) {
    expect(readAllowEntry(entry)).toBeNull()
    expect(() => createEgress({ egressAllow: [entry] })).toThrow(StartError)
  }
  expect(readAllowEntry('[::1]:8000')).toEqual({ kind: 'host', host: '::1', port: 8000 })
  expect(readAllowEntry('GPU-Box.local:8000')).toEqual({ kind: 'host', host: 'gpu-box.local', port: 8000 })
  expect(readAllowEntry('fd00::/8:8000')).toMatchObject({ kind: 'block', port: 8000 })
})

test.each([
  [
    '220 mail.example ESMTP\r\n',
    'What answers there does not speak HTTP: is its address https:// rather than http://?',
  ],
  [
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nso\r\n',
    'The reply breaks the rules of HTTP: Invalid character in chunk size',
  ],
])('what a parser of HTTP stumbles over in %j is said in words', async (said, message) => {
  const server = createSocketServer((socket) => void socket.once('data', () => socket.end(said))).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const listed = createEgress({ egressAllow: [host] })
  const reply = listed.request(requestOf(`http://${host}/`, { reach: 'listed' }))
  await expect(reply).rejects.toMatchObject({ kind: 'connection', message })
  await listed.close()
})

test('a connection fault says which it was', async () => {
  const { port, close } = await listener()
  await close()
  const listed = createEgress({ egressAllow: [`127.0.0.1:${port}`] })
  const refused = await listed
    .request(requestOf(`http://127.0.0.1:${port}/`, { reach: 'listed' }))
    .catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(EgressError)
  expect(refused).toMatchObject({ kind: 'connection', message: 'The connection was refused: nothing listens there' })
})

function requestOf(url: string, rest: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { url, method: 'GET', headers: {}, timeoutMs: 5_000, pool: 'test', reach: 'public', ...rest }
}

/** A listener, and an egress that the operator has let through to it. */
async function reachable(answer: (response: ServerResponse) => void) {
  const { port } = await listener(answer)
  const entry = `127.0.0.1:${port}`
  return { egress: createEgress({ egressAllow: [entry] }), url: `http://${entry}/` }
}

async function listener(answer: (response: ServerResponse) => void = (response) => response.end('ok')) {
  let hits = 0
  let host = ''
  let open = 0
  const server: Server = createServer((request, response) => {
    hits++
    open++
    response.on('close', () => open--)
    host = request.headers.host ?? ''
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return {
    port: (server.address() as AddressInfo).port,
    hits: () => hits,
    lastHost: () => host,
    open: () => open,
    close,
  }
}
