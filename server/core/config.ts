import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import type { ProxySettings } from './http/proxy.ts'
import { InputError, StartError } from './problem.ts'

/** The checkout's root: data, pages and migrations are found from here, never from the working directory. */
export const rootDir = fileURLToPath(new URL('../..', import.meta.url))

const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0'])
  .transform((value) => value === 'on' || value === 'true' || value === '1')

/**
 * The proxies whose word on addresses is taken: none, so many before this server (`on`: one), or those at these addresses,
 * blocks or by the names `loopback`, `linklocal` and `uniquelocal`.
 */
const Proxies = z.string().transform((text, context): Config['trustProxy'] => {
  const given = text.trim().toLowerCase()
  if (['off', 'false', '0'].includes(given)) return false
  if (['on', 'true'].includes(given)) return 1
  if (/^\d{1,2}$/.test(given)) return Number(given)
  const places = given.split(',').map((place) => place.trim())
  if (places.every(isPlace)) return places
  context.addIssue({ code: 'custom', message: 'must be on, off, a number of proxies, or their addresses' })
  return z.NEVER
})

const isPlace = (place: string) =>
  ['loopback', 'linklocal', 'uniquelocal'].includes(place) ||
  (/[.:]/.test(place) && (ipaddr.isValid(place) || ipaddr.isValidCIDR(place)))

/** Names of hosts, separated by commas, as an address has them: without scheme, port or path. */
const HostNames = z.string().transform((text, context): string[] => {
  const names = text.split(',').flatMap((name) => name.trim().toLowerCase() || [])
  const strange = names.find((name) => !isHostName(name))
  if (strange === undefined) return names
  context.addIssue({ code: 'custom', message: `“${strange}” is no name of a host, such as arena.example.org` })
  return z.NEVER
})

const isHostName = (name: string) =>
  !name.includes('*') && URL.canParse(`http://${name}`) && new URL(`http://${name}`).hostname === name

const Environment = z.object({
  DATABASE_URL: z.string().min(1).optional(),
  DATABASE_DIRECT_URL: z.string().min(1).optional(),
  ARENA_DATA: z.string().min(1).optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  ALLOWED_HOSTS: HostNames.default([]),
  TRUST_PROXY: Proxies.default(false),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'),
  ARENA_SAMPLES: flag.optional(),
  ARENA_WORKER: flag.default(true),
  ARENA_MASTER_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits')
    .optional(),
  EGRESS_ALLOW: z.string().default(''),
  COST_LIMIT: z.coerce.number().positive().max(1_000_000).optional(),
  TEAM_COST_LIMIT: z.coerce.number().positive().max(1_000_000).optional(),
  HTTPS_PROXY: z.string().optional(),
  https_proxy: z.string().optional(),
  HTTP_PROXY: z.string().optional(),
  http_proxy: z.string().optional(),
  NO_PROXY: z.string().optional(),
  no_proxy: z.string().optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.string().optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: z.string().default('https://api.anthropic.com'),
  GEMINI_API_KEY: z.string().optional(),
  GOOGLE_API_KEY: z.string().optional(),
  GEMINI_BASE_URL: z.string().default('https://generativelanguage.googleapis.com'),
  HF_ENDPOINT: z.string().default('https://huggingface.co'),
  HF_TOKEN: z.string().optional(),
  HF_HOME: z.string().optional(),
  // Other programs read it too, so it is parsed as they parse it.
  HF_HUB_OFFLINE: z
    .string()
    .default('')
    .transform((value) => /^(1|on|yes|true)$/i.test(value)),
})

/** Everything that varies with the place where the program runs. */
export interface Config {
  databaseUrl: string | undefined
  /** The database itself, where `databaseUrl` is a pooler before it. */
  directUrl: string | undefined
  dataDir: string
  host: string
  port: number
  /** The address people use, when it is not the one listened on. */
  publicUrl: string | undefined
  /** Further names by which people reach it, in lower case. */
  allowedHosts: string[]
  /** How many proxies before this server, or which, say truly who asks and by which address; false: none. */
  trustProxy: number | string[] | false
  logLevel: string
  /** Load the sample study and start the baselines: by default only with the embedded database. */
  samples: boolean
  /** Work on queued jobs in this process too. */
  worker: boolean
  masterKeyHex: string | undefined
  /** `host:port` and `CIDR:port` that calls may reach although they are not public addresses. */
  egressAllow: string[]
  proxies: ProxySettings
  /** Where a model answers and with which key, when a command is told neither: by whose wire format it is asked. */
  makers: Record<'openai' | 'anthropic' | 'gemini', { apiKey: string | undefined; baseUrl: string | undefined }>
  /** Where data sets are pulled from; `home` is the folder that other programs share with it: its token and its cache. */
  hub: { url: string; token: string | undefined; home: string; offline: boolean }
  /** Most that calls may cost in a calendar month, in US dollars: all of them, and those of each team. */
  costLimits: { overall: number | null; team: number | null }
  codeVersion: string
}

/** Reads the environment, and `.env` beside package.json under it. Throws a StartError that names each variable that does not fit. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const dotEnv = join(rootDir, '.env')
  if (environment === process.env && existsSync(dotEnv)) process.loadEnvFile(dotEnv)
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(set)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new StartError(
      `The environment does not fit (${faults.join('; ')}). See .env.example for what each variable takes.`,
    )
  }
  const env = parsed.data
  return {
    databaseUrl: env.DATABASE_URL,
    directUrl: env.DATABASE_URL && env.DATABASE_DIRECT_URL,
    dataDir: env.ARENA_DATA ? resolve(env.ARENA_DATA) : join(rootDir, '.data'),
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL?.replace(/\/$/, ''),
    allowedHosts: env.ALLOWED_HOSTS,
    trustProxy: env.TRUST_PROXY,
    logLevel: env.LOG_LEVEL,
    samples: env.ARENA_SAMPLES ?? env.DATABASE_URL === undefined,
    worker: env.ARENA_WORKER,
    masterKeyHex: env.ARENA_MASTER_KEY,
    egressAllow: env.EGRESS_ALLOW.split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
    proxies: {
      https: env.https_proxy ?? env.HTTPS_PROXY,
      http: env.http_proxy ?? env.HTTP_PROXY,
      no: env.no_proxy ?? env.NO_PROXY ?? '',
    },
    makers: {
      openai: { apiKey: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL },
      anthropic: { apiKey: env.ANTHROPIC_API_KEY, baseUrl: env.ANTHROPIC_BASE_URL },
      gemini: { apiKey: env.GEMINI_API_KEY ?? env.GOOGLE_API_KEY, baseUrl: env.GEMINI_BASE_URL },
    },
    hub: {
      url: env.HF_ENDPOINT.replace(/\/+$/, ''),
      token: env.HF_TOKEN,
      home: env.HF_HOME ? resolve(env.HF_HOME) : join(homedir(), '.cache', 'huggingface'),
      offline: env.HF_HUB_OFFLINE,
    },
    costLimits: { overall: env.COST_LIMIT ?? null, team: env.TEAM_COST_LIMIT ?? null },
    codeVersion: packageVersion(),
  }
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')) as { version: string }
  return version
}

/** The 256-bit key that seals endpoint keys: ARENA_MASTER_KEY, else a file in the data folder that only its owner can read. */
export function masterKey(config: Pick<Config, 'masterKeyHex' | 'dataDir'>): Buffer {
  if (config.masterKeyHex) return Buffer.from(config.masterKeyHex, 'hex')
  const path = join(config.dataDir, 'master.key')
  mkdirSync(dirname(path), { recursive: true })
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
}

/** The token for the hub: HF_TOKEN, else what its own command line tool left in HF_HOME. */
export function hubToken({ hub }: Pick<Config, 'hub'>): string | undefined {
  if (hub.token) return hub.token.trim()
  const file = join(hub.home, 'token')
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined
}

/**
 * The pages' own server assumes https unless this variable names the header that app.ts sets. Call it before they are
 * loaded.
 */
export function announceProtocolHeader(): void {
  process.env.PROTOCOL_HEADER = 'x-forwarded-proto'
}

/** What an environment variable holds; undefined where it is not set or empty. */
export function findSecretVariable(name: string): string | undefined {
  return process.env[name]?.trim() || undefined
}

/** The value of an environment variable that holds a key, by the name a person gave. Throws an InputError when it is not set. */
export function readSecretVariable(name: string): string {
  const value = findSecretVariable(name)
  if (value === undefined) throw new InputError(`The environment variable ${name} is not set: it should hold the key.`)
  return value
}
