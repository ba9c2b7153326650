import { erasePerson } from '../accounts/people/people.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { inTransaction } from '../core/transaction.ts'
import { eraseLinksOf } from '../links/service.ts'

/**
 * Deletes somebody's account with all that leads to them: name, sessions, tokens, links with what the operator called
 * them, ids of panels. Votes and whatever else they did stay, under an id that says nothing. Throws not-found and last-admin.
 */
export async function deletePerson(ctx: Context, personId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await erasePerson(ctx, personId)
    await eraseLinksOf(ctx, personId)
    await ctx.sql`
      update panel_places set participant_id = 'deleted-' || id, session_id = '', parameters = '{}'
      where rater_id in (select id from raters where person_id = ${personId})`
    await recordAudit(ctx, 'person.deleted', `person:${personId}`)
  })
}
