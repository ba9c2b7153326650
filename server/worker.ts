import { defineBoardJobs } from './snapshots/refresh-ratings.ts'
import { workOnPlans } from './calls/work-on-plans.ts'
import type { Context } from './core/context.ts'
import { defineRenderJobs, renderAnew } from './battles/rendering/render-jobs.ts'
import { patient } from './core/postgres/patience.ts'
import { defineEndpointJobs } from './endpoints/service.ts'
import { defineCollectionJobs } from './responses/collect-responses.ts'
import { categoryCustomer } from './responses/categories/category-customer.ts'
import { collectionCustomer } from './responses/collection-customer.ts'
import { judgeCustomer } from './runs/judge/judge-customer.ts'
import { defineAnswerImportJobs } from './responses/imports/carry-out-import.ts'
import { defineImportJobs } from './queries/imports/carry-out-import.ts'
import { runCustomer } from './runs/run-customer.ts'
import { defineRunJobs } from './runs/service.ts'

/** The modules whose calls the engine carries out. */
const customers = [runCustomer, judgeCustomer, collectionCustomer, categoryCustomer]

/** Does queued jobs and the calls of running plans in this process until the signal is aborted, through outages of the database. */
export async function work(context: Context, signal: AbortSignal): Promise<void> {
  const ctx = patient(context, signal)
  defineRunJobs(ctx)
  defineEndpointJobs(ctx)
  defineImportJobs(ctx)
  defineAnswerImportJobs(ctx)
  defineCollectionJobs(ctx)
  defineBoardJobs(ctx)
  defineRenderJobs(ctx)
  await ctx.jobs.work()
  await renderAnew(ctx)
  await workOnPlans(ctx, customers, { signal })
}
