import { panels } from '#drizzle/schema/raters.ts'
import { recordAudit } from '#server/accounts/service.ts'
import { hashOf, newLinkCode } from '#server/accounts/tokens.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole, words } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { Panel, type NewPanel, type PanelAddress, type PanelChange } from './schema.ts'

export const panelInUse = defineProblem('panel-in-use', 409, 'Somebody has come by this panel')

/** What providers put into an address, and where Prolific takes its people back. */
const known = {
  prolific: {
    idParameter: 'PROLIFIC_PID',
    sessionParameter: 'SESSION_ID',
    wayOut: 'https://app.prolific.com/submissions/complete?cc={code}',
  },
  connect: { idParameter: 'participantId', sessionParameter: 'assignmentId', wayOut: '' },
  other: { idParameter: '', sessionParameter: '', wayOut: '' },
}

const inDays = (ctx: Context, days: number) => new Date(ctx.now() + days * 86_400_000)

/** Makes a panel's way into a study. Its address is told once, with the parameters that the provider fills in. Throws not-found. */
export async function createPanel(ctx: Context, slug: string, input: NewPanel, origin: string): Promise<PanelAddress> {
  const study = await getStoredStudy(ctx, slug)
  const { days, idParameter, sessionParameter, ...rest } = input
  const preset = known[input.provider]
  const wayOut = (url: string, code: string) => url || (code && preset.wayOut)
  const code = newLinkCode()
  const row = {
    ...rest,
    studyId: study.id,
    codeHash: hashOf(code),
    idParameter: idParameter ?? preset.idParameter,
    sessionParameter: sessionParameter ?? preset.sessionParameter,
    completionUrl: wayOut(input.completionUrl, input.completionCode),
    screenedUrl: wayOut(input.screenedUrl, input.screenedCode),
    expiresAt: inDays(ctx, days),
  }
  const [made] = await ctx.db.insert(panels).values(row).returning({ id: panels.id })
  await recordAudit(ctx, 'panel.created', `panel:${made!.id}`, { study: slug, provider: input.provider })
  return { id: made!.id, url: addressOf(origin, code, row) }
}

/** As the provider wants it pasted: with the places that it fills in. */
function addressOf(
  origin: string,
  code: string,
  { provider, idParameter, sessionParameter }: Pick<Panel, 'provider' | 'idParameter' | 'sessionParameter'>,
): string {
  const names = [idParameter, ...(provider === 'prolific' ? ['STUDY_ID'] : []), sessionParameter].filter(Boolean)
  const filled = (name: string) =>
    provider === 'prolific' ? `{{%${name}%}}` : provider === 'connect' ? `{{${name}}}` : `ID_OF_THE_PANEL`
  return `${origin}/panel/${code}?${names.map((name) => `${name}=${filled(name)}`).join('&')}`
}

const line = {
  ...{ id: panels.id, name: panels.name, provider: panels.provider, cohort: panels.cohort, places: panels.places },
  ...{ idParameter: panels.idParameter, sessionParameter: panels.sessionParameter },
  ...{ completionCode: panels.completionCode, completionUrl: panels.completionUrl },
  ...{ screenedCode: panels.screenedCode, screenedUrl: panels.screenedUrl },
  ...{ expiresAt: panels.expiresAt, createdAt: panels.createdAt, state: words },
  ...{ active: whole, completed: whole, returned: whole, screened: whole },
}

/** The panels of a study, newest first. Throws not-found. */
export async function listPanels(ctx: Context, slug: string): Promise<Panel[]> {
  const study = await getStoredStudy(ctx, slug)
  const rows = await rowsOf(ctx, line)`
    with counted as (
      select panel_id, count(*) filter (where state = 'active')::int as active,
        count(*) filter (where state = 'completed')::int as completed,
        count(*) filter (where state = 'returned')::int as returned,
        count(*) filter (where state = 'screened')::int as screened
      from panel_places where study_id = ${study.id} group by 1
    )
    select p.id, p.name, p.provider, p.cohort, p.places, p.id_parameter as "idParameter",
      p.session_parameter as "sessionParameter", p.completion_code as "completionCode",
      p.completion_url as "completionUrl", p.screened_code as "screenedCode", p.screened_url as "screenedUrl",
      p.expires_at as "expiresAt", p.created_at as "createdAt", coalesce(c.active, 0) as active,
      coalesce(c.completed, 0) as completed, coalesce(c.returned, 0) as returned, coalesce(c.screened, 0) as screened,
      case when p.stopped_at is not null then 'stopped' when p.expires_at <= now() then 'expired'
        when coalesce(c.active + c.completed, 0) >= p.places then 'full' else 'open' end as state
    from panels p left join counted c on c.panel_id = p.id where p.study_id = ${study.id} order by p.created_at desc`
  return rows.map(({ active, completed, returned, screened, expiresAt, createdAt, ...panel }) =>
    Panel.parse({
      ...panel,
      expiresAt: expiresAt.toISOString(),
      createdAt: createdAt.toISOString(),
      counts: { active, completed, returned, screened },
    }),
  )
}

/** A panel of a study. Throws not-found, also for one of another study. */
export async function getPanel(ctx: Context, slug: string, id: string): Promise<Panel> {
  const found = (await listPanels(ctx, slug)).find((panel) => panel.id === id)
  if (!found) throw notFound('There is no such panel in this study')
  return found
}

/** Changes a panel: its name, places, time and ways out, or whether it lets anybody new in. Throws not-found. */
export async function changePanel(ctx: Context, slug: string, id: string, change: PanelChange): Promise<Panel> {
  await getPanel(ctx, slug, id)
  const { days, stopped, ...rest } = change
  const { sql } = ctx
  const expiresAt = days === undefined ? null : inDays(ctx, days).toISOString()
  await sql`
    update panels set name = coalesce(${rest.name ?? null}, name), places = coalesce(${rest.places ?? null}::int, places),
      completion_code = coalesce(${rest.completionCode ?? null}, completion_code),
      completion_url = coalesce(${rest.completionUrl ?? null}, completion_url),
      screened_code = coalesce(${rest.screenedCode ?? null}, screened_code),
      screened_url = coalesce(${rest.screenedUrl ?? null}, screened_url),
      expires_at = coalesce(${expiresAt}::text::timestamptz, expires_at),
      stopped_at = case when ${stopped ?? null}::boolean then coalesce(stopped_at, now())
        when ${stopped ?? null}::boolean is null then stopped_at end
    where id = ${id}`
  await recordAudit(ctx, 'panel.changed', `panel:${id}`, { what: Object.keys(change).join(', ') })
  return getPanel(ctx, slug, id)
}

/** A new address for a panel; the one from before lets nobody in any more. Throws not-found. */
export async function renewPanelAddress(ctx: Context, slug: string, id: string, origin: string): Promise<PanelAddress> {
  const panel = await getPanel(ctx, slug, id)
  const code = newLinkCode()
  await ctx.sql`update panels set code_hash = ${hashOf(code)} where id = ${id}`
  await recordAudit(ctx, 'panel.address-renewed', `panel:${id}`)
  return { id, url: addressOf(origin, code, panel) }
}

/** Deletes a panel by which nobody came. Throws not-found and panel-in-use. */
export async function deletePanel(ctx: Context, slug: string, id: string): Promise<void> {
  await getPanel(ctx, slug, id)
  const gone = await ctx.sql`
    delete from panels p where id = ${id} and not exists (select 1 from panel_places l where l.panel_id = p.id) returning 1`
  if (gone.length === 0) throw panelInUse('Stop it instead: it lets nobody new in, and its list stays')
  await recordAudit(ctx, 'panel.deleted', `panel:${id}`)
}
