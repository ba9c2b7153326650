import { randomUUID } from 'node:crypto'

/** A picture in base64 within a body, as the whole string of a member or as its end. */
export class Base64Text {
  readonly bytes: Uint8Array
  readonly before: string
  constructor(bytes: Uint8Array, before = '') {
    this.bytes = bytes
    this.before = before
  }
}

/** Stands in a text for a picture; nobody outside can know it. */
const mark = randomUUID()

/** A body as JSON in pieces: pictures are pieces of their own, which are the bytes that were handed in. */
export function jsonPieces(body: unknown): Uint8Array[] {
  const pictures: Uint8Array[] = []
  const text = JSON.stringify(body, (_, value: unknown) => {
    if (!(value instanceof Base64Text)) return value
    pictures.push(value.bytes)
    return value.before + mark
  })
  return text.split(mark).flatMap((between, index) => {
    const piece = Buffer.from(between)
    return index === 0 ? [piece] : [pictures[index - 1]!, piece]
  })
}

type Members = Record<string, unknown>

/** Our members with an endpoint's own over them, objects within objects too; what is null there or with us is left out. */
export function withExtra(ours: Members, extra: Members): Members {
  const merged: Members = { ...ours }
  for (const [name, value] of Object.entries(extra)) {
    const under = merged[name]
    merged[name] = isMembers(value) ? withExtra(isMembers(under) ? under : {}, value) : value
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined))
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Base64Text)
}
