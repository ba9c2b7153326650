import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { endSession } from '#server/accounts/service.ts'
import { takeChosenLanguage } from '#server/accounts/languages.ts'
import { SignedIn } from '#server/accounts/schema.ts'
import { demandSafeTransport, readSessionToken, setSessionCookie, tlsNeeded } from '#server/accounts/session-cookie.ts'
import { contextOf } from '#server/core/context.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { notFound } from '#server/core/problem.ts'
import { asFile } from '#server/core/schema.ts'
import { originOf } from '#server/links/routes.ts'
import {
  changePanel,
  createPanel,
  deletePanel,
  listPanels,
  panelInUse,
  renewPanelAddress,
} from '#server/raters/panels/panels.ts'
import {
  arrive,
  decline,
  describePanel,
  panelIdMissing,
  panelOver,
  panelUnknown,
} from '#server/raters/panels/places.ts'
import {
  BonusQuery,
  NewPanel,
  OwnPlace,
  Panel,
  PanelAddress,
  PanelArrival,
  PanelChange,
  PanelCode,
  PanelExit,
  PanelOffer,
  PanelPath,
  PanelPlaces,
  PlacePath,
} from '#server/raters/panels/schema.ts'
import { consentNeeded } from '#server/raters/service.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { getStoredStudy, studyOver } from '#server/studies/service.ts'
import { bonusCsv, listPlaces, placesCsv } from './list-places.ts'
import { countVotesOf } from '../served.ts'
import { finishSitting, returnSitting } from './sittings.ts'
import { restorePlaceOf, returnPlaceOf } from './place-of-panel.ts'

/** Codes are too long to guess; a workshop shares one address. */
const guessing = { max: 600, timeWindow: '1 minute' }
const nothing = { 204: z.null() }

/** People whom a panel sends: in by its ids, out by its code or address; and the lists that it takes. */
export const panelRoutes: FastifyPluginAsyncZod = async (app) => {
  const visitor = { policy: 'public', nameless: true, rateLimit: guessing } as const

  app.get(
    '/studies/:slug/panels',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: { summary: "A study's panels", params: StudySlug, response: { 200: z.array(Panel) } },
    },
    async (request) => listPanels(contextOf(request), request.params.slug),
  )

  app.post(
    '/studies/:slug/panels',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound] },
      schema: {
        summary: 'Make a way in for a panel: Prolific, CloudResearch Connect, or any that sends an id',
        params: StudySlug,
        body: NewPanel,
        response: { 201: PanelAddress },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createPanel(contextOf(request), request.params.slug, request.body, originOf(request))),
  )

  app.patch(
    '/studies/:slug/panels/:panel',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'Change a panel: places, time, ways out; stop it or let it go on',
        params: PanelPath,
        body: PanelChange,
        response: { 200: Panel },
      },
    },
    async (request) => {
      const { slug, panel } = request.params
      return changePanel(contextOf(request), slug, panel, request.body)
    },
  )

  app.post(
    '/studies/:slug/panels/:panel/address',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'A new address for a panel; the one from before ends',
        params: PanelPath,
        response: { 200: PanelAddress },
      },
    },
    async (request) => {
      const { slug, panel } = request.params
      return renewPanelAddress(contextOf(request), slug, panel, originOf(request))
    },
  )

  app.delete(
    '/studies/:slug/panels/:panel',
    {
      config: { policy: 'researcher', problems: [notFound, panelInUse] },
      schema: { summary: 'Delete a panel by which nobody came', params: PanelPath, response: nothing },
    },
    async (request, reply) => {
      const { slug, panel } = request.params
      await deletePanel(contextOf(request), slug, panel)
      return reply.code(204).send(null)
    },
  )

  registerTable(app, {
    path: '/studies/:slug/panels/:panel/places',
    summary: "A panel's sittings: who completed, returned or was screened out, with votes and minutes",
    config: { policy: 'admin', problems: [notFound] },
    asked: { params: PanelPath },
    table: PanelPlaces,
    read: (ctx, { slug, panel }) => listPlaces(ctx, slug, panel),
    toCsv: placesCsv,
    fileName: ({ slug }) => `${slug}-panel`,
  })

  app.get(
    '/studies/:slug/panels/:panel/bonus.csv',
    {
      config: { policy: 'admin', problems: [notFound] },
      schema: {
        summary: 'Bonuses of completed sittings as panels take them: id and amount, a line each',
        params: PanelPath,
        querystring: BonusQuery,
        response: { 200: asFile('The list', 'text/csv') },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { slug, panel } = request.params
      const { sessionGoal } = await getStoredStudy(ctx, slug)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${slug}-bonus.csv"`)
        .send(bonusCsv(await listPlaces(ctx, slug, panel), sessionGoal, request.query))
    },
  )

  for (const [verb, summary, act] of [
    ['return', "Mark a sitting returned: its rater's cards go to others, and no more come to them", returnPlaceOf],
    ['restore', 'Take a returned sitting back: its rater goes on', restorePlaceOf],
  ] as const)
    app.post(
      `/studies/:slug/panels/:panel/places/:place/${verb}`,
      { config: { policy: 'admin', problems: [notFound] }, schema: { summary, params: PlacePath, response: nothing } },
      async (request, reply) => {
        const { slug, panel, place } = request.params
        await act(contextOf(request), { slug, panel, place })
        return reply.code(204).send(null)
      },
    )

  app.post(
    '/panels/:code/offer',
    {
      config: { ...visitor, problems: [panelUnknown, panelIdMissing, panelOver, notFound] },
      schema: {
        summary: 'What a panel offers whom it sent',
        params: PanelCode,
        body: PanelArrival,
        response: { 200: PanelOffer },
      },
    },
    async (request) => describePanel(contextOf(request), request.params.code, request.body),
  )

  app.post(
    '/panels/:code',
    {
      config: {
        ...visitor,
        problems: [panelUnknown, panelIdMissing, panelOver, notFound, consentNeeded, studyOver, tlsNeeded],
      },
      schema: {
        summary: 'Come in from a panel: the same id is the same rater on any device',
        params: PanelCode,
        body: PanelArrival,
        response: { 200: SignedIn },
      },
    },
    async (request, reply) => {
      demandSafeTransport(request)
      const ctx = contextOf(request)
      const before = readSessionToken(request)
      const { token, person, goTo } = await arrive(ctx, request.params.code, request.body, countVotesOf)
      if (before !== undefined) await endSession(ctx, before)
      setSessionCookie(request, reply, token)
      await takeChosenLanguage(ctx, person.personId, request, reply)
      return { role: person.role, person: person.personId, goTo, returnAddress: null }
    },
  )

  app.post(
    '/panels/:code/decline',
    {
      config: { ...visitor, problems: [panelUnknown, panelIdMissing, notFound] },
      schema: {
        summary: 'Do not agree, and leave',
        params: PanelCode,
        body: PanelArrival,
        response: { 200: PanelExit },
      },
    },
    async (request) => decline(contextOf(request), request.params.code, request.body),
  )

  app.post(
    '/studies/:slug/sitting/finish',
    {
      config: { policy: 'member', problems: [notFound] },
      schema: {
        summary: "How far one's own sitting is, and its completion code or address once it is done",
        params: StudySlug,
        response: { 200: OwnPlace },
      },
    },
    async (request) => finishSitting(contextOf(request), request.params.slug),
  )

  app.post(
    '/studies/:slug/sitting/return',
    {
      config: { policy: 'member', problems: [notFound] },
      schema: {
        summary: "Give one's own place back to the panel",
        params: StudySlug,
        response: { 200: PanelExit.nullable() },
      },
    },
    async (request) => returnSitting(contextOf(request), request.params.slug),
  )
}
