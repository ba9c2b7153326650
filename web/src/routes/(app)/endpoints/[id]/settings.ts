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
