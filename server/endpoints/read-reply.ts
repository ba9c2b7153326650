import type { IncomingReply } from '../core/egress.ts'
import { repeats, scrub, type Secret } from '../core/secrets.ts'
import { withinBounds } from './protocols/bounds.ts'
import type { Protocol, WireFailure, WireReply } from './protocols/protocol.ts'
import { withThinkingApart } from './protocols/thinking/separate-thinking.ts'

/** What it takes to read what an endpoint says. */
interface ReplyReader {
  protocol: Protocol
  settings: { thinkingTags: string[] }
  key: Secret | null
}

/** What a reply says, within the bounds of what can be stored; its body as text when it is one to be kept. */
interface ReadReply {
  outcome: WireReply | WireFailure
  status: number
  body: string
}

/** Reads a reply as it arrived. Messages are scrubbed and short. Never throws over what an endpoint sent. */
export function readReply(reader: ReplyReader, { status, headers, body: bytes }: IncomingReply): ReadReply {
  const failed = (message: string): ReadReply => ({
    outcome: { kind: 'failure', errorClass: 'protocol', message, waitMs: null },
    status,
    body: '',
  })
  const body = textOf(bytes, status, headers['content-type'] ?? '')
  if (body === null) return failed(`Bad reply (${status}): the body is not UTF-8 text`)
  const outcome = readBody(reader, status, headers, body)
  if (outcome.kind === 'failure') {
    const message = scrub(outcome.message, reader.key ? [reader.key] : [])
    return { outcome: { ...outcome, message }, status, body: '' }
  }
  if (body.includes('\0')) return failed(`Bad reply (${status}): the body holds a NUL`)
  // Replies are kept for ever and shown; one that carries the key must not be.
  if (reader.key && repeats(body, reader.key)) {
    return failed('The reply repeats the key that was sent, so it was not stored')
  }
  return { outcome, status, body }
}

/** What a body says, with the thoughts between tags in its text apart from the answer. */
export function readBody(
  { protocol, settings }: Pick<ReplyReader, 'protocol' | 'settings'>,
  status: number,
  headers: Record<string, string>,
  body: string,
): WireReply | WireFailure {
  const outcome = protocol.readReply(status, headers, body)
  return withinBounds(outcome.kind === 'reply' ? withThinkingApart(outcome, settings.thinkingTags) : outcome)
}

// A byte order mark is kept: the stored body has the hash of what came.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const latin1 = new TextDecoder('latin1')

/**
 * What a body says that it is (UTF-16 by its mark or content type), UTF-8, else what the content type declares. An error
 * page may be of any making: it is read as Latin-1 where it declares nothing. Null: no text.
 */
function textOf(bytes: Uint8Array, status: number, contentType: string): string | null {
  const declared = /charset="?([\w-]{1,32})/i.exec(contentType)?.[1]
  // Its Latin letters would be read as UTF-8 with a NUL between each two.
  const wide = wideMarks[`${bytes[0]} ${bytes[1]}`] ?? (declared && /^utf-?16/i.test(declared) ? declared : undefined)
  if (wide) return decoded(bytes, wide)
  try {
    return utf8.decode(bytes)
  } catch {
    if (declared && !/^utf-?8$/i.test(declared)) return decoded(bytes, declared)
    return status >= 400 ? latin1.decode(bytes) : null
  }
}

/** The byte order marks of UTF-16, by their two bytes. */
const wideMarks: Record<string, string> = { '255 254': 'utf-16le', '254 255': 'utf-16be' }

function decoded(bytes: Uint8Array, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return null
  }
}
