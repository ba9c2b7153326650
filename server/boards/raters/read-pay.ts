import type { Context } from '#server/core/context.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { readPeople } from './read-people.ts'
import type { PayList } from './schema.ts'

/** What the raters of a study are to be paid by, in the order in which they joined. Throws not-found. */
export async function readPay(ctx: Context, slug: string): Promise<PayList> {
  const people = await readPeople(ctx, await getStoredStudy(ctx, slug))
  return {
    raters: people.map(({ number, id, cohort, votes, counted, seconds, excludedAt }) => ({
      ...{ number, id, cohort, votes, counted },
      minutes: seconds / 60,
      excluded: excludedAt !== null,
    })),
  }
}
