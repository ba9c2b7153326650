/**
 * Whether the name that a reply gives can be of the model that was asked for. A path or provider before it, a routing
 * variant or `latest` behind it, and a date or number of a release where only one of the two has it make no other model:
 * `gpt-4o` may be answered by `gpt-4o-2024-08-06`, and not by `gpt-4o-mini`.
 */
export function sameModel(asked: string, replied: string): boolean {
  const [a, b] = [plainName(asked), plainName(replied)]
  if (a === b) return true
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
  return longer.startsWith(shorter) && release.test(longer.slice(shorter.length))
}

/** What may follow a name: dates in use, numbered versions of three or four digits (`-002`, `-0613`), previews. */
const release = /^[-@:.]?(preview-?)?(\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{8}|\d{6}|\d{3,4})?(-?v\d(:\d)?)?$/

/** OpenRouter's variants, Ollama's default tag and Anthropic's aliases. */
const variant = /[:-](latest|free|nitro|floor|online|beta|extended|exacto)$|-0$/

function plainName(name: string): string {
  const last = name.slice(0, 512).toLowerCase().trim().split('/').at(-1)!
  // Bedrock puts region and provider before: us.anthropic.claude-….
  const bare = last.replace(/^(?:(?:us|eu|apac|global)\.)?[a-z]{3,20}\.(?=[a-z])/, '')
  return bare.replace(variant, '')
}
