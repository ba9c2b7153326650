import { randomUUID } from 'node:crypto'
import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import { endpoints, probes } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import { masterKey } from '../core/config.ts'
import type { Context } from '../core/context.ts'
import { defineProblem, InputError, notFound } from '../core/problem.ts'
import { seal, Secret } from '../core/secrets.ts'
import { ensureBaseline, ensureModel } from '../models/service.ts'
import { keyBinding, type StoredEndpoint } from './call-endpoint.ts'
import { probeEndpoint } from './probe-endpoint.ts'
import { protocols } from './protocols.ts'
import { DescribedEndpoint, type ChangedEndpoint, type NewEndpoint } from './schema.ts'

export const addressNotAllowed = defineProblem('address-not-allowed', 400, 'This address may not be called')
export const endpointNameTaken = defineProblem('endpoint-name-taken', 409, 'Another endpoint has this name')

const checkJob = 'check-endpoint'
/** The name of an endpoint that was taken out is free again. */
const nameHolds = isNull(endpoints.deletedAt)

/** What the queue does for endpoints: their checks. */
export function defineEndpointJobs(ctx: Context): void {
  ctx.jobs.define<{ endpointId: string }>(checkJob, async ({ endpointId }) => {
    await probeEndpoint(ctx, endpointId)
  })
}

/** Queues a check and clears what the last one saw; the probes appear one by one. */
export async function requestCheck(ctx: Context, endpointId: string): Promise<DescribedEndpoint> {
  await getEndpoint(ctx, endpointId)
  await ctx.db.delete(probes).where(eq(probes.endpointId, endpointId))
  await setStatus(ctx, endpointId, 'unchecked', 'Being checked')
  await ctx.jobs.enqueue(checkJob, { endpointId }, { key: endpointId })
  return getEndpoint(ctx, endpointId)
}

/**
 * Registers where a model answers, `unchecked`; the model is made when it is missing. With `reuse`, an endpoint of the
 * same address, protocol and remote name is taken instead, with those of the settings that `reuse` names, and a key when
 * one is given.
 * Whoever registers at this program's shell opens the address to it by doing so; anyone else is held to the rules.
 */
export async function registerEndpoint(
  ctx: Context,
  input: NewEndpoint,
  { reuse = null }: { reuse?: string[] | null } = {},
): Promise<StoredEndpoint> {
  const { name, model, organisation, openness, key, ...settings } = input
  const baseUrl = allowedBaseUrl(ctx, settings.baseUrl, protocols[settings.protocol])
  const known = reuse ? await sameEndpoint(ctx, { ...settings, baseUrl }) : undefined
  if (known) {
    const [updated] = await ctx.db
      .update(endpoints)
      .set({
        ...Object.fromEntries(Object.entries(settings).filter(([setting]) => reuse?.includes(setting))),
        baseUrl,
        updatedAt: new Date(),
        ...(known.status === 'failing' && unchecked('Tried again')),
        ...(key !== undefined && sealedColumns(ctx, known, key)),
      })
      .where(eq(endpoints.id, known.id))
      .returning()
    return updated!
  }
  const { id: modelId } = await ensureModel(ctx, { name: model, organisation, openness })
  const id = randomUUID()
  const [made] = await ctx.db
    .insert(endpoints)
    .values({
      ...settings,
      id,
      modelId,
      baseUrl,
      name: await freeName(ctx, name ?? null, `${settings.remoteModel}@${new URL(baseUrl).host}`),
      statusReason: 'Not checked yet',
      createdBy: ctx.actor.kind === 'person' ? ctx.actor.personId : null,
      ...(key !== undefined && sealedColumns(ctx, { id, baseUrl }, key)),
    })
    .onConflictDoNothing({ target: endpoints.name, where: nameHolds })
    .returning()
  if (!made) throw endpointNameTaken(name)
  return made
}

/** The base URL as paths are appended to it. Throws InputError for what is none, address-not-allowed for a forbidden place. */
function allowedBaseUrl(ctx: Context, text: string, protocol: (typeof protocols)['openai']): string {
  if (!URL.canParse(text)) throw new InputError(`${JSON.stringify(text)} is not an address such as https://host/v1`)
  const url = new URL(text)
  refuseRest(url)
  const baseUrl = protocol.baseUrlOf(url.origin === 'null' ? text : url.href)
  if (ctx.actor.kind === 'system' && url.protocol.startsWith('http')) ctx.egress.allow(baseUrl)
  const reach = ctx.actor.kind === 'person' && ctx.actor.role !== 'admin' ? 'public' : 'listed'
  const fault = ctx.egress.faultOf(baseUrl, reach)
  if (fault) throw addressNotAllowed(fault)
  return baseUrl
}

/** Only Azure's version may follow the path; a key there would be stored and shown as part of the address. */
function refuseRest({ hash, searchParams }: URL): void {
  const others = [...searchParams.keys()].filter((name) => name !== 'api-version')
  if (others.some((name) => /key|token/i.test(name))) {
    throw new InputError('The address holds a key: take it out, and give it as the key, which is kept sealed')
  }
  if (hash || others.length > 0) {
    throw new InputError('A base URL ends with its path: no #, and no ? other than ?api-version= of Azure')
  }
}

async function sameEndpoint(ctx: Context, described: Pick<StoredEndpoint, 'protocol' | 'baseUrl' | 'remoteModel'>) {
  const same = (['protocol', 'baseUrl', 'remoteModel'] as const).map((column) =>
    eq(endpoints[column], described[column]),
  )
  const [known] = await ctx.db
    .select()
    .from(endpoints)
    .where(and(...same))
  return known
}

/** The wanted name as it is; else the proposed one, numbered when it is taken. */
async function freeName(ctx: Context, wanted: string | null, proposed: string): Promise<string> {
  if (wanted !== null) return wanted
  for (let number = 1; ; number++) {
    const name = number === 1 ? proposed : `${proposed} (${number})`
    if (!(await findEndpoint(ctx, name))) return name
  }
}

function sealedColumns(ctx: Context, endpoint: Pick<StoredEndpoint, 'id' | 'baseUrl'>, key: string) {
  return {
    sealedKey: seal(masterKey(ctx.config), new Secret(key), keyBinding(endpoint)),
    keyHint: key.length >= 16 ? `stored, ends in ${key.slice(-4)}` : 'stored',
    status: 'unchecked' as const,
    statusReason: 'A new key was stored',
    statusSince: new Date(),
  }
}

/** Changes an endpoint; what was changed is unchecked until the next check. */
export async function changeEndpoint(
  ctx: Context,
  endpointId: string,
  change: ChangedEndpoint,
): Promise<DescribedEndpoint> {
  const endpoint = await visibleEndpoint(ctx, endpointId)
  const set: Partial<StoredEndpoint> = { updatedAt: new Date() }
  if (change.baseUrl !== undefined) {
    set.baseUrl = allowedBaseUrl(ctx, change.baseUrl, protocols[endpoint.protocol])
    if (new URL(set.baseUrl).origin !== new URL(endpoint.baseUrl).origin) {
      Object.assign(set, { sealedKey: null, keyHint: null })
    }
    Object.assign(set, unchecked('The address was changed'))
  }
  if (change.key === null) Object.assign(set, { sealedKey: null, keyHint: null }, unchecked('The key was forgotten'))
  if (typeof change.key === 'string') {
    Object.assign(set, sealedColumns(ctx, { id: endpoint.id, baseUrl: set.baseUrl ?? endpoint.baseUrl }, change.key))
  }
  const { sampling, extraBody, maxTokensName } = change
  Object.assign(set, sampling && { sampling }, extraBody && { extraBody }, maxTokensName && { maxTokensName })
  if (change.off === true) Object.assign(set, { status: 'off', statusReason: 'Switched off', statusSince: new Date() })
  if (change.off === false && endpoint.status === 'off') Object.assign(set, unchecked('Switched on again'))
  await ctx.db.update(endpoints).set(set).where(eq(endpoints.id, endpoint.id))
  return getEndpoint(ctx, endpointId)
}

function unchecked(statusReason: string) {
  return { status: 'unchecked' as const, statusReason, statusSince: new Date() }
}

/** Registers a built-in baseline, ready, under its name; at each start it moves to the port of that start. */
export async function registerBuiltIn(
  ctx: Context,
  builtIn: { name: string; title: string; description: string; baseUrl: string },
): Promise<StoredEndpoint> {
  const { name, title, description, baseUrl } = builtIn
  const { id: modelId } = await ensureBaseline(ctx, name, { name: title, description })
  const there = { baseUrl, status: 'ready' as const, statusReason: 'Runs inside this program' }
  const [endpoint] = await ctx.db
    .insert(endpoints)
    .values({ ...there, modelId, name, remoteModel: name, builtIn: true, maxConcurrency: 4 })
    .onConflictDoUpdate({
      target: endpoints.name,
      targetWhere: nameHolds,
      set: there,
      setWhere: eq(endpoints.builtIn, true),
    })
    .returning()
  if (!endpoint) throw endpointNameTaken(name)
  return endpoint
}

/** Stops giving work to an endpoint, for a reason in words that a person can act on. */
export async function markFailing(ctx: Context, endpointId: string, reason: string): Promise<void> {
  await setStatus(ctx, endpointId, 'failing', reason)
}

/** Gives a failing endpoint another try; one in any other state is left alone. */
export async function forgiveFailing(ctx: Context, endpointId: string, reason: string): Promise<void> {
  await ctx.db
    .update(endpoints)
    .set(unchecked(reason))
    .where(and(eq(endpoints.id, endpointId), eq(endpoints.status, 'failing')))
}

async function setStatus(ctx: Context, endpointId: string, status: StoredEndpoint['status'], statusReason: string) {
  await ctx.db
    .update(endpoints)
    .set({ status, statusReason, statusSince: new Date() })
    .where(eq(endpoints.id, endpointId))
}

/** The stored endpoint of this name or id, or undefined. Knows no owner: for commands. */
export async function findEndpoint(ctx: Context, nameOrId: string): Promise<StoredEndpoint | undefined> {
  const byId = /^[0-9a-f-]{36}$/i.test(nameOrId) ? [eq(endpoints.id, nameOrId)] : []
  const [endpoint] = await ctx.db
    .select()
    .from(endpoints)
    .where(or(eq(endpoints.name, nameOrId), ...byId))
  return endpoint
}

/** The endpoints that the actor may see, by name: a team sees its own and the built-in ones. */
export async function listEndpoints(ctx: Context): Promise<DescribedEndpoint[]> {
  return describe(ctx, await ctx.db.select().from(endpoints).where(visible(ctx)).orderBy(endpoints.name))
}

/** One endpoint as people see it, never with its key. Throws not-found, also for another team's. */
export async function getEndpoint(ctx: Context, endpointId: string): Promise<DescribedEndpoint> {
  const [endpoint] = await describe(ctx, [await visibleEndpoint(ctx, endpointId)])
  return endpoint!
}

async function visibleEndpoint(ctx: Context, endpointId: string): Promise<StoredEndpoint> {
  const [endpoint] = await ctx.db
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.id, endpointId), visible(ctx)))
  if (!endpoint) throw notFound('No endpoint has this id')
  return endpoint
}

function visible(ctx: Context) {
  if (ctx.actor.kind !== 'person' || ctx.actor.role !== 'team') return undefined
  return or(eq(endpoints.createdBy, ctx.actor.personId), eq(endpoints.builtIn, true))
}

async function describe(ctx: Context, rows: StoredEndpoint[]): Promise<DescribedEndpoint[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const modelIds = rows.map(({ modelId }) => modelId)
  const [modelRows, probeRows] = await Promise.all([
    ctx.db.select().from(models).where(inArray(models.id, modelIds)),
    ctx.db.select().from(probes).where(inArray(probes.endpointId, ids)).orderBy(probes.position),
  ])
  return rows.map((row) => {
    const model = modelRows.find(({ id }) => id === row.modelId)!
    const own = probeRows.filter(({ endpointId }) => endpointId === row.id)
    // Parsed, so that no column comes along that the shape does not name: the sealed key is one.
    return DescribedEndpoint.parse({
      ...row,
      model: { ...model, released: model.releasedAt !== null },
      statusSince: row.statusSince.toISOString(),
      lastCheckedAt: own.at(-1)?.at.toISOString() ?? null,
      probes: own.map((probe) => ({ ...probe, at: probe.at.toISOString() })),
    })
  })
}
