import type { FastifyReply, FastifyRequest } from 'fastify'
import { people } from '#drizzle/schema/accounts.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { Language, type Me } from './schema.ts'
import { isSecure } from './session-cookie.ts'

const cookieName = 'language'
const yearSeconds = 365 * 86_400
/** More languages than a browser sends; the rest is not read. */
const mostAsked = 20

/** The first of our languages that an Accept-Language header names, by its weights (RFC 9110); English where it names none. */
export function askedLanguage(header: string | undefined): Language {
  const asked = (header ?? '').slice(0, 1_000).split(',').slice(0, mostAsked)
  const weighed = asked.flatMap((part) => {
    const [range = '', ...settings] = part.split(';').map((piece) => piece.trim().toLowerCase())
    const language = Language.safeParse(range.split('-')[0]).data
    const weight = Number(settings.find((setting) => setting.startsWith('q='))?.slice(2) ?? 1)
    return language && weight > 0 ? { language, weight } : []
  })
  const [first] = weighed.toSorted((one, other) => other.weight - one.weight)
  return first?.language ?? 'en'
}

/** What whoever asks has chosen, and what their browser asks for. */
export async function languageOf(ctx: Context, request: FastifyRequest): Promise<Me['language']> {
  const asked = askedLanguage(request.headers['accept-language'])
  const ofBrowser = Language.safeParse(request.cookies[cookieName]).data ?? null
  if (ctx.actor.kind !== 'person') return { chosen: ofBrowser, asked }
  const [row] = await rowsOf(ctx, { language: people.language })`
    select language from people where id = ${ctx.actor.personId}`
  return { chosen: row?.language ?? ofBrowser, asked }
}

/** Keeps a choice with the person who asks, on whatever device; while nobody is signed in, in this browser. Null: none. */
export async function chooseLanguage(
  ctx: Context,
  language: Language | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const options = { path: '/', sameSite: 'lax', secure: isSecure(request) } as const
  if (ctx.actor.kind === 'person') await keepLanguage(ctx, ctx.actor.personId, language)
  if (ctx.actor.kind === 'person' || language === null) reply.clearCookie(cookieName, options)
  else reply.setCookie(cookieName, language, { ...options, httpOnly: true, maxAge: yearSeconds })
}

/** What was chosen in this browser before anybody was signed in becomes the choice of whoever signs in now. */
export async function takeChosenLanguage(
  ctx: Context,
  personId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const chosen = Language.safeParse(request.cookies[cookieName]).data
  if (!chosen) return
  await keepLanguage(ctx, personId, chosen)
  reply.clearCookie(cookieName, { path: '/', sameSite: 'lax', secure: isSecure(request) })
}

async function keepLanguage(ctx: Context, personId: string, language: Language | null): Promise<void> {
  await ctx.sql`update people set language = ${language} where id = ${personId}`
}
