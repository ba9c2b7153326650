import { endSessionsOf, recordAudit } from '../accounts/service.ts'
import { hashOf, newLinkCode } from '../accounts/tokens.ts'
import type { Context } from '../core/context.ts'
import { flag, rowsOf, words } from '../core/postgres/rows.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { personalDays, type CreatedLink, type CreatedPersonalLinks, type NewPersonalLinks } from './schema.ts'
import { addressOf, returnDays, storeLink } from './service.ts'

const inDays = (ctx: Context, days: number) => ctx.now() + days * 86_400_000

/**
 * Makes links that belong to one rater each: whoever opens one first becomes that rater, and is found again by it on any
 * device. All of them are made, or none. `origin` is where people reach the pages.
 */
export async function createPersonalLinks(
  ctx: Context,
  studyId: string,
  { labels, people, days, cohort }: NewPersonalLinks,
  origin: string,
): Promise<CreatedPersonalLinks> {
  const expiresAt = inDays(ctx, days)
  return inTransaction(ctx, async (ctx) => {
    const made: CreatedPersonalLinks['links'] = []
    for (const label of labels.length > 0 ? labels : Array.from({ length: people }, () => '')) {
      const link = { role: 'rater', kind: 'personal', studyId, label, cohort, maxUses: 1, expiresAt } as const
      const { id, url } = await storeLink(ctx, origin, link)
      made.push({ id, label, url })
    }
    return { links: made, expiresAt: new Date(expiresAt).toISOString() }
  })
}

/** Makes the address at which a rater of a study is found again. With `instead` those made for them before let nobody in any more. */
export async function createReturnLink(
  ctx: Context,
  { studyId, personId }: { studyId: string; personId: string },
  origin: string,
  { instead }: { instead: boolean },
): Promise<CreatedLink> {
  return inTransaction(ctx, async (ctx) => {
    if (instead)
      await ctx.sql`
        update links set revoked_at = now()
        where study_id = ${studyId} and person_id = ${personId} and kind = 'return' and revoked_at is null`
    const link = { role: 'rater', kind: 'return', studyId, personId, maxUses: 1 } as const
    return storeLink(ctx, origin, { ...link, expiresAt: inDays(ctx, returnDays) })
  })
}

export const linkOpen = defineProblem('link-open', 409, 'This link still works')

/**
 * Gives a link of one rater anew, that was taken back or has expired: another address, for the same rater. The one from
 * before is no longer valid and the sessions that it opened are over. Throws not-found, and link-open.
 */
export async function giveAnew(ctx: Context, studyId: string, linkId: string, origin: string): Promise<CreatedLink> {
  const code = newLinkCode()
  return inTransaction(ctx, async (ctx) => {
    const [link] = await rowsOf(ctx, { kind: words, open: flag })`
      select kind, revoked_at is null and expires_at > now() as open from links
      where id = ${linkId} and study_id = ${studyId} and kind <> 'shared' for update`
    if (!link) throw notFound('There is no such link')
    if (link.open) throw linkOpen('Take it back first')
    const expiresAt = new Date(inDays(ctx, link.kind === 'return' ? returnDays : personalDays)).toISOString()
    await ctx.sql`
      update links set code_hash = ${hashOf(code)}, revoked_at = null, expires_at = ${expiresAt}::text::timestamptz
      where id = ${linkId}`
    await endSessionsOf(ctx, linkId)
    await recordAudit(ctx, 'link.given-anew', `link:${linkId}`)
    return { id: linkId, url: addressOf(origin, code), maxUses: 1, expiresAt }
  })
}

/** A personal link belongs from now on to the rater who opened it first. */
export async function bindLink(ctx: Context, linkId: string, personId: string): Promise<void> {
  await ctx.sql`update links set person_id = ${personId} where id = ${linkId} and person_id is null`
}
