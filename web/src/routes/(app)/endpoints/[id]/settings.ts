import { PromptProfileName, type Endpoint } from '#server/endpoints/schema.ts'

/** One setting of an endpoint as a form shows and reads it. */
export interface Setting {
  /** Of the member in the change; `sampling/topP` is a part of one. */
  name: string
  label: string
  hint?: string
  type?: 'password' | 'url'
  inputmode?: 'numeric' | 'decimal'
  /** Lines of a text that may have several. */
  rows?: number
  /** What there is to choose from, in words by value. */
  options?: Record<string, string>
  mono?: boolean
  placeholder?: (endpoint: Endpoint) => string
  show(endpoint: Endpoint): string
  /** Undefined takes a part out of its whole; text that says nothing of the kind is handed on and refused. */
  read(text: string, endpoint: Endpoint): unknown
}

/** What these values change of an endpoint: parts are put into the whole that it has. */
export function changeOf(endpoint: Endpoint, values: [name: string, value: unknown][]): Record<string, unknown> {
  const change: Record<string, unknown> = {}
  for (const [name, value] of values) {
    const [whole, part] = name.split('/') as ['sampling' | 'pictures' | 'price', string | undefined]
    change[whole] =
      part === undefined ? value : withPart((change[whole] ?? endpoint[whole] ?? {}) as object, part, value)
  }
  return 'price' in change ? { ...change, price: priceOf(change['price'] as Record<string, unknown>) } : change
}

function withPart(whole: object, part: string, value: unknown): object {
  return Object.fromEntries(Object.entries({ ...whole, [part]: value }).filter(([, kept]) => kept !== undefined))
}

/** A price that was typed has no other source; without a number there is none. */
function priceOf({ source: _, ...price }: Record<string, unknown>): unknown {
  return Object.values(price).every((part) => part === null) ? null : price
}

const number = (text: string) => (text.trim() === '' ? null : Number(text))

/** Where it answers, under which names, and with which key. */
export const connection: Setting[] = [
  {
    name: 'key',
    label: 'Key',
    hint: 'Type a new one to replace it: it is sealed, never shown again, and enters no log.',
    type: 'password',
    mono: true,
    placeholder: ({ keyHint }) => keyHint ?? 'none stored',
    show: () => '',
    read: (text) => text,
  },
  {
    name: 'baseUrl',
    label: 'Base URL',
    hint: 'On another host the key is forgotten.',
    type: 'url',
    mono: true,
    show: ({ baseUrl }) => baseUrl,
    read: (text) => text,
  },
  {
    name: 'remoteModel',
    label: 'Model name at the endpoint',
    mono: true,
    show: ({ remoteModel }) => remoteModel,
    read: (text) => text,
  },
  { name: 'name', label: 'Name of this endpoint', mono: true, show: ({ name }) => name, read: (text) => text },
  {
    name: 'model',
    label: 'Model, as boards show it',
    hint: 'Fixed once it is released.',
    show: ({ model }) => model.name,
    read: (text) => text,
  },
]

/** How much it is asked at once, how long it may take, and how often it is asked again. */
export const limits: Setting[] = [
  {
    name: 'maxConcurrency',
    label: 'Requests at once',
    inputmode: 'numeric',
    show: ({ maxConcurrency }) => String(maxConcurrency),
    read: number,
  },
  {
    name: 'requestsPerMinute',
    label: 'Requests a minute',
    hint: 'Empty: no limit.',
    inputmode: 'numeric',
    show: ({ requestsPerMinute }) => (requestsPerMinute === null ? '' : String(requestsPerMinute)),
    read: number,
  },
  {
    name: 'timeoutMs',
    label: 'Time limit, seconds',
    hint: 'For one whole answer.',
    inputmode: 'numeric',
    show: ({ timeoutMs }) => String(timeoutMs / 1000),
    read: (text) => (number(text) ?? 0) * 1000,
  },
  {
    name: 'maxRetries',
    label: 'Retries',
    hint: 'After a fault that may pass. Being told to wait (429), or an overload of the whole service (529), costs none.',
    inputmode: 'numeric',
    show: ({ maxRetries }) => String(maxRetries),
    read: number,
  },
]

/** Text that is no JSON is handed on as it is, and refused where the change is read. */
function json(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const shownJson = (value: object) => (Object.keys(value).length === 0 ? '' : JSON.stringify(value))

/** Empty: as before the endpoint; `none`: not sent at all; a number, or a text that is none. */
function numberOrNone(text: string): unknown {
  const typed = text.trim()
  if (typed === '') return undefined
  if (typed.toLowerCase() === 'none') return null
  return Number.isNaN(Number(typed)) ? typed : Number(typed)
}

const shownPart = (value: unknown) => (value === undefined ? '' : value === null ? 'none' : String(value))
const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

const part = (
  name: 'maxTokens' | 'temperature' | 'topP' | 'topK' | 'seed',
  label: string,
  hint: string,
  inputmode: 'numeric' | 'decimal' = 'numeric',
): Setting => ({
  name: `sampling/${name}`,
  label,
  hint,
  inputmode,
  show: ({ sampling }) => shownPart(sampling[name]),
  read: numberOrNone,
})

const bound = (
  name: 'longestSide' | 'mostBytes' | 'mostPictures' | 'quality',
  label: string,
  hint: string,
): Setting => ({
  name: `pictures/${name}`,
  label,
  hint,
  inputmode: 'numeric',
  show: ({ pictures }) => shownPart(pictures[name]),
  read: numberOrNone,
})

const dollars = (name: 'in' | 'out' | 'cached', label: string, hint: string): Setting => ({
  name: `price/${name}`,
  label,
  hint,
  inputmode: 'decimal',
  show: ({ price }) => (price?.[name] == null ? '' : String(price[name])),
  read: (text) => numberOrNone(text) ?? null,
})

/** What of the generation the endpoint sets over each benchmark; a field left empty is as the benchmark has it. */
export const generation: Setting[] = [
  part('maxTokens', 'Most tokens of an answer', '1 to 1,000,000, thoughts included. Thinking models need 32,768.'),
  part('temperature', 'Temperature', '0 to 2; none: it is not sent.', 'decimal'),
  part('topP', 'Top p', 'Above 0, to 1; none: it is not sent.', 'decimal'),
  part('topK', 'Top k', '\u22121 to 1,000,000; none: it is not sent.'),
  part('seed', 'Seed of the sampling', '0 to 2,147,483,647; none: it is not sent.'),
  {
    name: 'sampling/reasoningEffort',
    label: 'Reasoning effort',
    hint: 'A word that the model knows: none, minimal, low, medium, high.',
    show: ({ sampling }) => sampling.reasoningEffort ?? '',
    read: (text) => text.trim().toLowerCase() || undefined,
  },
  {
    name: 'sampling/stop',
    label: 'Stop where one of these appears',
    hint: 'One a line, at most 16; \\n is a line break; none: nothing stops it.',
    rows: 2,
    mono: true,
    show: ({ sampling: { stop } }) => (stop === null ? 'none' : (stop ?? []).map(onOneLine).join('\n')),
    read: (text) => {
      const typed = lines(text)
      if (typed.length === 0) return undefined
      return typed.length === 1 && typed[0]!.trim() === 'none' ? null : typed.map(fromOneLine)
    },
  },
  {
    name: 'sampling/system',
    label: 'System prompt',
    hint: 'At most 20,000 characters, before every question.',
    rows: 2,
    show: ({ sampling }) => sampling.system ?? '',
    read: (text) => (text.trim() === '' ? undefined : text),
  },
  {
    name: 'maxTokensName',
    label: 'Member for the limit of tokens',
    hint: 'The check finds which one it takes.',
    options: { max_tokens: 'max_tokens', max_completion_tokens: 'max_completion_tokens' },
    show: ({ maxTokensName }) => maxTokensName,
    read: (text) => text,
  },
  {
    name: 'extraBody',
    label: 'Further members of each request',
    hint: 'What has no field here, as JSON; null takes one of ours out.',
    rows: 2,
    mono: true,
    show: ({ extraBody }) => shownJson(extraBody),
    read: json,
  },
]

const onOneLine = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const fromOneLine = (text: string) => text.replaceAll(/\\([\\n])/g, (_, mark) => (mark === 'n' ? '\n' : '\\'))

/** How questions are put, which of an answer is thought, and what is sent of pictures. */
export const reading: Setting[] = [
  {
    name: 'thinkingTags',
    label: 'Tags around thoughts',
    hint: 'A pair a line, start and end with a space between, such as <plan> </plan>; usual: those in use. Empty: off, nothing is a thought.',
    rows: 2,
    mono: true,
    show: ({ thinkingTags }) => thinkingTags.join('\n'),
    read: (text) => lines(text).map((line) => line.trim()),
  },
  {
    name: 'promptProfile',
    label: 'Prompts',
    hint: 'Of each benchmark, unless a run names others.',
    options: Object.fromEntries(PromptProfileName.options.map((name) => [name, name])),
    show: ({ promptProfile }) => promptProfile,
    read: (text) => text,
  },
  {
    name: 'sendsStyleTag',
    label: 'Style tag before each prompt',
    hint: 'For Molmo’s own models.',
    options: { no: 'not sent', yes: 'sent' },
    show: ({ sendsStyleTag }) => (sendsStyleTag ? 'yes' : 'no'),
    read: (text) => text === 'yes',
  },
  {
    name: 'pointsScale',
    label: 'Scale of points',
    hint: 'The full width of a picture in its answers.',
    options: { '1': '0 to 1', '100': '0 to 100', '1000': '0 to 1,000' },
    show: ({ pointsScale }) => String(pointsScale),
    read: Number,
  },
  bound('longestSide', 'Longest side of a picture, pixels', '64 to 16,384; larger ones shrink. Empty: any.'),
  bound('mostBytes', 'Bytes of a picture, at most', '4,096 to 20,971,520. Empty: any.'),
  bound('mostPictures', 'Pictures of a question, at most', '1 to 64; those after it are left out. Empty: all.'),
  {
    name: 'pictures/format',
    label: 'Format of pictures',
    hint: 'All are sent in it.',
    options: { '': 'as they are', jpeg: 'JPEG', png: 'PNG', webp: 'WebP' },
    show: ({ pictures }) => pictures.format ?? '',
    read: (text) => text || undefined,
  },
  bound('quality', 'Quality of JPEG and WebP', '1 to 100. Empty: 90.'),
]

/** What a million tokens cost, in US dollars. */
export const price: Setting[] = [
  dollars('in', 'Tokens in', '0 to 100,000 dollars a million. All empty: not known, and no cost is added up.'),
  dollars('out', 'Tokens out', '0 to 100,000, thoughts included.'),
  dollars('cached', 'Tokens in, from its cache', 'Empty: as any other.'),
]
