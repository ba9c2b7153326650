import type { Endpoint, Probe, Protocol } from '#server/endpoints/schema.ts'
import type { GlyphKind } from './components/Glyph.svelte'

export const protocolWords: Record<Protocol, string> = {
  openai: 'OpenAI chat',
  openai_responses: 'OpenAI Responses',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
}

const statusGlyphs: Record<Endpoint['status'], GlyphKind> = {
  unchecked: 'off',
  ready: 'good',
  failing: 'bad',
  off: 'off',
}

/** Health as a glyph; the server's sentence stands beside it. */
export function healthGlyph(status: Endpoint['status']): GlyphKind {
  return statusGlyphs[status]
}

const probeGlyphs: Record<Probe['result'], GlyphKind> = { pass: 'good', limit: 'warn', fail: 'bad' }

/** A probe's result as a glyph; the word follows it. */
export function probeGlyph(result: Probe['result']): GlyphKind {
  return probeGlyphs[result]
}

/** How many probes a check has; they appear one by one. */
export const probesInCheck = 8
