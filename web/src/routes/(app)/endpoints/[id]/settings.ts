import type { Endpoint } from '#server/endpoints/schema.ts'

/** One setting of an endpoint as a form shows and reads it. */
export interface Setting {
  /** Of the member in the change. */
  name: string
  label: string
  hint?: string
  type?: 'password' | 'url'
  inputmode?: 'numeric' | 'decimal'
  mono?: boolean
  placeholder?: (endpoint: Endpoint) => string
  show(endpoint: Endpoint): string
  read(text: string, endpoint: Endpoint): unknown
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
    hint: 'After a fault that may pass. Being told to wait (429) costs none.',
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

function readPrice(text: string): unknown {
  if (text.trim() === '') return null
  const [into, out, cached = null] = text.split('/').map((part) => Number(part))
  return { in: into, out, cached }
}

/** How answers are generated, what is sent of pictures, and what the tokens cost. */
export const generation: Setting[] = [
  {
    name: 'sampling',
    label: 'Generation, over what each benchmark sets',
    hint: 'As JSON: maxTokens, temperature, topP, topK, seed, stop, system, reasoningEffort; null is not sent.',
    mono: true,
    placeholder: () => '{"maxTokens":32768,"temperature":0.6,"topP":0.95}',
    show: ({ sampling }) => shownJson(sampling),
    read: json,
  },
  {
    name: 'extraBody',
    label: 'Further members of each request',
    hint: 'As JSON; null takes one of ours out.',
    mono: true,
    show: ({ extraBody }) => shownJson(extraBody),
    read: json,
  },
  {
    name: 'maxTokensName',
    label: 'Member for the limit of tokens',
    hint: 'max_tokens or max_completion_tokens; the check finds which.',
    mono: true,
    show: ({ maxTokensName }) => maxTokensName,
    read: (text) => text.trim(),
  },
  {
    name: 'pictures',
    label: 'Pictures are made to fit',
    hint: 'As JSON: longestSide in px, mostBytes, mostPictures, format (jpeg, png, webp), quality. Empty: as they are.',
    mono: true,
    placeholder: () => '{"longestSide":1024,"format":"jpeg"}',
    show: ({ pictures }) => shownJson(pictures),
    read: json,
  },
  {
    name: 'price',
    label: 'US dollars for a million tokens: in / out / cached',
    hint: 'Empty: not known, and no cost is added up.',
    mono: true,
    placeholder: () => '2.50 / 10 / 1.25',
    show: ({ price }) =>
      price === null ? '' : [price.in, price.out, price.cached].filter((part) => part !== null).join(' / '),
    read: readPrice,
  },
]
