import { randomUUID } from 'node:crypto'
import { and, eq, inArray, isNull, ne, or, sql, type SQL } from 'drizzle-orm'
import { teams } from '#drizzle/schema/accounts.ts'
import { endpoints, probes } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import { actorId, recordAudit } from '../accounts/service.ts'
import { masterKey } from '../core/config.ts'
import type { Context } from '../core/context.ts'
import { maySeeUnreleased, mayUse, teamOf } from '../core/policy.ts'
import { defineProblem, InputError, notAllowed, notFound } from '../core/problem.ts'
import { seal, Secret } from '../core/secrets.ts'
import { ensureBaseline, ensureModel } from '../models/service.ts'
import { isForThisMachine, openAllowed } from './addresses/allowed-addresses.ts'
import { keyBinding, reachOf, type StoredEndpoint } from './call-endpoint.ts'
import { recordEvent } from './events.ts'
import { probeEndpoint } from './checks/probe-endpoint.ts'
import { knownModel } from './known/prices.ts'
import { protocols } from './protocols.ts'
import { DescribedEndpoint, type NewEndpoint } from './schema.ts'

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
  await usableEndpoint(ctx, endpointId)
  await ctx.db.delete(probes).where(eq(probes.endpointId, endpointId))
  await setStatus(ctx, endpointId, 'unchecked', 'Being checked')
  await ctx.jobs.enqueue(checkJob, { endpointId }, { key: endpointId })
  return getEndpoint(ctx, endpointId)
}

/**
 * Registers where a model answers, `unchecked`; the model is made when it is missing. With `reuse`, an endpoint of the
 * same address, protocol and remote name is taken instead, with those of the settings that `reuse` names, and a key when
 * one is given. `keyVariable`: the environment variable that the key is read from. Throws model-name-taken and endpoint-name-taken.
 * Whoever registers at this program's shell opens the address to it by doing so; anyone else is held to the rules.
 */
export async function registerEndpoint(
  ctx: Context,
  input: NewEndpoint,
  { reuse = null, keyVariable = null }: { reuse?: string[] | null; keyVariable?: string | null } = {},
): Promise<StoredEndpoint> {
  const { name, model, organisation, openness, key, ...settings } = input
  const baseUrl = await allowedBaseUrl(ctx, settings.baseUrl, protocols[settings.protocol])
  const known = reuse ? await sameEndpoint(ctx, { ...settings, baseUrl }) : undefined
  if (known) {
    const [updated] = await ctx.db
      .update(endpoints)
      .set({
        ...Object.fromEntries(Object.entries(settings).filter(([setting]) => reuse?.includes(setting))),
        baseUrl,
        ...((key !== undefined || known.sealedKey === null) && { keyVariable }),
        updatedAt: new Date(),
        ...(known.status === 'failing' && unchecked('Tried again')),
        ...(key !== undefined && sealedColumns(ctx, known, key)),
        ...(known.status === 'off' && statusOf(known)),
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
      price: settings.price === undefined ? (knownModel(settings.remoteModel)?.price ?? null) : settings.price,
      id,
      modelId,
      baseUrl,
      name: await freeName(ctx, name ?? null, `${settings.remoteModel}@${new URL(baseUrl).host}`),
      keyVariable,
      statusReason: 'Not checked yet',
      teamId: teamOf(ctx.actor),
      createdBy: actorId(ctx),
      ...(key !== undefined && sealedColumns(ctx, { id, baseUrl }, key)),
    })
    .onConflictDoNothing({ target: endpoints.name, where: nameHolds })
    .returning()
  if (!made) {
    if (name !== undefined) throw endpointNameTaken(name)
    // Another process took the name that was free, perhaps for this very address.
    return registerEndpoint(ctx, input, { reuse, keyVariable })
  }
  await recordEvent(ctx, made, { kind: 'added', words: `Added as ${made.remoteModel} at ${baseUrl}` })
  await recordAudit(ctx, 'endpoint.added', `endpoint:${id}`, { name: made.name })
  return made
}

/** What endpoints that the actor makes may reach. */
function ownReach({ actor }: Context) {
  return reachOf({ teamId: teamOf(actor) }, actor.kind === 'person' ? actor.role : null)
}

/** The base URL as paths are appended to it. Throws InputError for what is none, address-not-allowed for a forbidden place. */
export async function allowedBaseUrl(
  ctx: Context,
  text: string,
  protocol: (typeof protocols)['openai'],
  reach = ownReach(ctx),
): Promise<string> {
  if (!URL.canParse(text)) throw new InputError(`${JSON.stringify(text)} is not an address such as https://host/v1`)
  const url = new URL(text)
  refuseRest(url)
  const baseUrl = protocol.baseUrlOf(url.origin === 'null' ? text : url.href)
  if (ctx.actor.kind === 'system' && url.protocol.startsWith('http')) ctx.egress.allow(baseUrl)
  await openAllowed(ctx)
  const fault = ctx.egress.faultOf(baseUrl, reach)
  if (fault) throw addressNotAllowed(addressWords(ctx, fault, reach))
  return baseUrl
}

/** Why an address may not be called, with the way to allow it where there is one. */
export function addressWords({ config }: Context, fault: string, reach: 'public' | 'listed'): string {
  if (reach === 'public') return `${fault}. Teams and researchers reach public addresses only`
  return isForThisMachine(config) ? `${fault}. An admin allows it on the page Endpoints` : fault
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
    .where(and(...same, nameHolds, isNull(endpoints.teamId)))
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

/** Columns of an endpoint with this key, sealed for its row and origin. */
export function sealedColumns(ctx: Context, endpoint: Pick<StoredEndpoint, 'id' | 'baseUrl'>, key: string) {
  return {
    sealedKey: seal(masterKey(ctx.config), new Secret(key), keyBinding(endpoint)),
    keyHint: key.length >= 16 ? `stored, ends in ${key.slice(-4)}` : 'stored',
    ...unchecked('A new key was stored'),
  }
}

/** Columns of an endpoint that has to be checked again, for a reason in words. */
export function unchecked(statusReason: string) {
  return { status: 'unchecked' as const, statusReason, statusSince: new Date() }
}

/** The columns of the state that an endpoint is in. */
export function statusOf({ status, statusReason, statusSince }: StoredEndpoint) {
  return { status, statusReason, statusSince }
}

/** Registers a built-in baseline, ready, under its name; at each start it moves to the port of that start. */
export async function registerBuiltIn(
  ctx: Context,
  builtIn: { name: string; title: string; description: string; baseUrl: string },
): Promise<StoredEndpoint> {
  const { name, title, description, baseUrl } = builtIn
  const { id: modelId } = await ensureBaseline(ctx, name, { name: title, description })
  const there = { baseUrl, status: 'ready' as const, statusReason: 'Runs inside this program' }
  const unlessOff = {
    ...there,
    status: keptOff('status', 'ready'),
    statusReason: keptOff('status_reason', there.statusReason),
  }
  const [endpoint] = await ctx.db
    .insert(endpoints)
    .values({ ...there, modelId, name, remoteModel: name, builtIn: true, maxConcurrency: 4 })
    .onConflictDoUpdate({
      target: endpoints.name,
      targetWhere: nameHolds,
      set: unlessOff,
      setWhere: eq(endpoints.builtIn, true),
    })
    .returning()
  if (!endpoint) throw endpointNameTaken(name)
  return endpoint
}

/** The column as it is where the endpoint was switched off, else the value. */
function keptOff(column: 'status' | 'status_reason', value: string) {
  const type = sql.raw(column === 'status' ? 'endpoint_status' : 'text')
  return sql`case when endpoints.status = 'off' then endpoints.${sql.identifier(column)} else ${value}::${type} end`
}

/**
 * Stops giving work to an endpoint, for a reason in words that a person can act on. Of several runs that find the same at
 * once, the first says why and since when.
 */
export async function markFailing(ctx: Context, endpointId: string, reason: string): Promise<void> {
  const failing = await setStatus(ctx, endpointId, 'failing', reason, ne(endpoints.status, 'failing'))
  if (failing) await recordEvent(ctx, failing, { kind: 'health', words: reason })
}

/** Gives a failing endpoint another try; one in any other state is left alone. */
export async function forgiveFailing(ctx: Context, endpointId: string, reason: string): Promise<void> {
  await ctx.db
    .update(endpoints)
    .set(unchecked(reason))
    .where(and(eq(endpoints.id, endpointId), eq(endpoints.status, 'failing')))
}

/** Sets the state, unless it is off, which only people end: nothing comes back then. */
async function setStatus(
  ctx: Context,
  endpointId: string,
  status: StoredEndpoint['status'],
  statusReason: string,
  only?: SQL,
) {
  const [set] = await ctx.db
    .update(endpoints)
    .set({ status, statusReason, statusSince: new Date() })
    .where(and(eq(endpoints.id, endpointId), ne(endpoints.status, 'off'), only))
    .returning()
  return set
}

/** The stored endpoint of this name or id, or undefined. Knows no owner: for commands. */
export async function findEndpoint(ctx: Context, nameOrId: string): Promise<StoredEndpoint | undefined> {
  const byId = /^[0-9a-f-]{36}$/i.test(nameOrId) ? [eq(endpoints.id, nameOrId)] : []
  const [endpoint] = await ctx.db
    .select()
    .from(endpoints)
    .where(and(nameHolds, or(eq(endpoints.name, nameOrId), ...byId)))
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

/** The stored endpoint, if the actor may see it. Throws not-found. */
export async function visibleEndpoint(ctx: Context, endpointId: string): Promise<StoredEndpoint> {
  const [endpoint] = await ctx.db
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.id, endpointId), visible(ctx)))
  if (!endpoint) throw notFound('No endpoint has this id')
  return endpoint
}

/** The stored endpoint, if the actor may change and use it. Throws not-found, and not-allowed for a built-in one. */
export async function usableEndpoint(ctx: Context, endpointId: string): Promise<StoredEndpoint> {
  const endpoint = await visibleEndpoint(ctx, endpointId)
  if (mayUse(ctx.actor, endpoint.teamId)) return endpoint
  throw notAllowed(`${endpoint.name} is the operator’s; a team uses its own endpoints`)
}

/** A team sees its own endpoints and the built-in ones; one that was taken out is seen by nobody. */
function visible(ctx: Context) {
  const team = teamOf(ctx.actor)
  const own = team === null ? undefined : or(eq(endpoints.teamId, team), eq(endpoints.builtIn, true))
  return and(nameHolds, maySeeUnreleased(ctx.actor) ? undefined : (own ?? sql`false`))
}

async function describe(ctx: Context, rows: StoredEndpoint[]): Promise<DescribedEndpoint[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const modelIds = rows.map(({ modelId }) => modelId)
  const [modelRows, probeRows, teamRows] = await Promise.all([
    ctx.db.select().from(models).where(inArray(models.id, modelIds)),
    ctx.db.select().from(probes).where(inArray(probes.endpointId, ids)).orderBy(probes.position),
    ctx.db.select().from(teams),
  ])
  return rows.map((row) => {
    const model = modelRows.find(({ id }) => id === row.modelId)!
    const own = probeRows.filter(({ endpointId }) => endpointId === row.id)
    // Parsed, so that no column comes along that the shape does not name: the sealed key is one.
    return DescribedEndpoint.parse({
      ...row,
      // Where inside this machine it answers is nobody's business but the operator's.
      ...(row.builtIn && !maySeeUnreleased(ctx.actor) && { baseUrl: 'built in' }),
      model: { ...model, released: model.releasedAt !== null },
      team: teamRows.find(({ id }) => id === row.teamId)?.name ?? null,
      statusSince: row.statusSince.toISOString(),
      lastCheckedAt: own.at(-1)?.at.toISOString() ?? null,
      probes: own.map((probe) => ({ ...probe, at: probe.at.toISOString() })),
    })
  })
}
