import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { fails, pauses, passes, read, says, completion, type Behaviour } from './behaviour.ts'

const packed = (encoding: string, pack: (text: string) => Buffer) => (gold: string) => ({
  headers: { 'content-encoding': encoding },
  body: pack(says(gold)),
})
const stream = (...chunks: object[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
const delta = (delta: object, rest: object = {}) => ({ model: 'm', choices: [{ index: 0, delta, ...rest }] })
const end = delta({}, { finish_reason: 'stop' })
const latin = (text: string) => ({
  status: 500,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from(text, 'latin1'),
})

/** Whatever can be read is read. */
export const bodies: Behaviour[] = [
  read('a plain answer', (gold) => says(gold)),
  read('a byte order mark', (gold) => `\uFEFF${says(gold)}`),
  read('NaN', (gold) => says(gold, {}, { score: 0 }).replace('"score":0', '"score":NaN,"low":-Infinity')),
  read('[DONE] after the end', (gold) => `${says(gold)}\n\ndata: [DONE]\n\n`),
  read('a stream', (gold) => `${stream(delta({ content: '' }), delta({ content: gold }), end)}data: [DONE]\n\n`),
  read('a stream without [DONE]', (gold) => stream(delta({ content: gold }), end)),
  read('a stream with comments', (gold) => `: wait\n\n${stream(delta({ content: gold }), end)}`),
  read('a stream of carriage returns', (gold) => stream(delta({ content: gold }), end).replaceAll('\n', '\r\n')),
  read(
    'a stream of thoughts',
    (gold) =>
      stream(delta({ reasoning_content: 'I see ' }), delta({ reasoning_content: '9' }), delta({ content: gold }), end),
    { class: 'scored thought' },
  ),
  read(
    'a stream with tags',
    (gold) => stream(delta({ content: '<think>9</th' }), delta({ content: `ink>${gold}` }), end),
    {
      class: 'scored thought',
    },
  ),
  read('gzip', packed('gzip', gzipSync)),
  read('gzip that nobody named', packed('identity', gzipSync)),
  read('gzip that a proxy has unpacked', packed('gzip', Buffer.from)),
  read('deflate', packed('deflate', deflateSync)),
  read('deflate without its frame', packed('deflate', deflateRawSync)),
  read('a charset where a packing belongs', packed('utf-8', Buffer.from)),
  read('UTF-16, declared', (gold) => ({
    headers: { 'content-type': 'application/json; charset=utf-16le' },
    body: Buffer.from(says(gold), 'utf16le'),
  })),
  read('UTF-16 by its mark', (gold) => ({ body: Buffer.from(`\uFEFF${says(gold)}`, 'utf16le') })),
  read('br', packed('br', brotliCompressSync)),
  read('zstd', packed('zstd', zstdCompressSync)),
  fails(
    'a gzip that is cut',
    (gold) => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(says(gold)).subarray(0, -9) }),
    'connection',
  ),
  fails(
    'a gzip that says it is br',
    (gold) => ({ headers: { 'content-encoding': 'br' }, body: gzipSync(says(gold)) }),
    'connection',
  ),
  fails(
    'a bomb',
    () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(9 * 1024 ** 2)) }),
    'protocol',
  ),
  read('parts', (gold) => says([{ type: 'text', text: gold }])),
  read('text of null', (gold) =>
    says([
      { type: 'text', text: null },
      { type: 'text', text: gold },
    ]),
  ),
  read('parts that are strings', (gold) => says([gold])),
  read('a finish reason as an object', (gold) => says(gold, { finish_reason: { type: 'stop', matched: 7 } })),
  read('no finish reason', (gold) => says(gold, { finish_reason: undefined })),
  read('a declared charset', (gold) => ({
    headers: { 'content-type': 'application/json; charset=iso-8859-1' },
    body: Buffer.from(says(gold, {}, { note: 'é' }), 'latin1'),
  })),
  passes('an error page in Latin-1', latin('<p>Erreur interne, réessayez</p>')),
  fails('an error page in Latin-1 that stays', () => latin('<p>réessayez</p>'), 'server'),
  fails('bytes that are no text', () => ({ body: Buffer.from([0xff, 0x80]) }), 'protocol'),
  read('numbers that nobody can have counted', (gold) =>
    says(gold, {}, { usage: { prompt_tokens: 1e20, completion_tokens: -1, total_tokens: 'x' } }),
  ),
  read('a name without an end', (gold) => says(gold, {}, { model: `m/${'x'.repeat(10_000)}` }), {
    class: 'scored other',
    words: /asked m, got m\/x{200,300}…/,
  }),
  read('a NUL and half a character', (gold) => says(`<think>\0 \ud800</think>${gold}`), { class: 'scored thought' }),
  read('a list of other choices', (gold) =>
    JSON.stringify({ choices: [{ message: { content: gold }, finish_reason: 'stop' }, { message: null }] }),
  ),
  pauses('a page of a proxy in Latin-1', { ...latin('<p>accès refusé</p>'), status: 403 }, 'auth', /accès refusé/),
  read('whitespace before it', (gold) => `\n\n   ${says(gold)}`),
  read('a completion without a chat', (gold) => JSON.stringify({ choices: [{ text: gold, finish_reason: 'stop' }] })),
  read('an answer beside a null message', (gold) => completion({ content: gold, refusal: null, tool_calls: null })),
]
