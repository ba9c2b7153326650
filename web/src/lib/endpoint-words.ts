import type { Endpoint, Probe, Protocol } from '#server/endpoints/schema.ts'
import type { GlyphKind } from './components/Glyph.svelte'

export const protocolWords: Record<Protocol, string> = {
  openai: 'OpenAI chat',
  openai_responses: 'OpenAI Responses',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
}

/** What to fill in for each wire format; `home` is the address of its makers, where most who speak it answer. */
export const protocolHints: Record<Protocol, { home: string; address: string; model: string }> = {
  openai: {
    home: '',
    address: 'With or without /v1 and /chat/completions. Azure: the resource, or a deployment with its ?api-version=.',
    model: 'As the server lists it; at Azure the name of the deployment.',
  },
  openai_responses: {
    home: 'https://api.openai.com/v1',
    address: 'With or without /responses. Azure: https://NAME.openai.azure.com/openai/v1',
    model: 'As the server lists it, such as gpt-4o; at Azure the name of the deployment.',
  },
  anthropic: {
    home: 'https://api.anthropic.com',
    address: 'With or without /v1/messages, both work.',
    model: 'As the service lists it, such as claude-sonnet-4-5.',
  },
  gemini: {
    home: 'https://generativelanguage.googleapis.com/v1beta',
    address: 'With or without /models and what follows. The key goes below, never into the address.',
    model: 'As the service lists it, such as gemini-2.5-pro.',
  },
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
export const probesInCheck = 10
