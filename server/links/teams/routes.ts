import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ChangedTeam, NewTeam, Team } from '#server/accounts/teams/schema.ts'
import {
  createTeam,
  deleteTeam,
  disableTeam,
  getTeam,
  listTeams,
  removeFromTeam,
  renameTeam,
  teamHasThings,
  teamNameTaken,
} from '#server/accounts/teams/teams.ts'
import { contextOf, type Context } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { originOf } from '../routes.ts'
import { CreatedLink, MadeLink } from '../schema.ts'
import { NewTeamLink } from './schema.ts'
import { createTeamLink, listLinks, revokeLink } from '../service.ts'

const ById = z.object({ id: z.uuid() })

interface Options {
  /** Pauses the runs on a team's endpoints, for a reason in words; from the module that has runs. */
  pauseRunsOf(ctx: Context, teamId: string, reason: string): Promise<void>
}

/** Teams: made, renamed and disabled by an admin; each sees itself and makes links for its own people. */
export const teamRoutes: FastifyPluginAsyncZod<Options> = async (app, { pauseRunsOf }) => {
  const admin = { policy: 'admin' } as const
  const team = { policy: 'team' } as const

  app.get('/teams', { config: team, schema: { summary: 'Teams', response: { 200: z.array(Team) } } }, (request) =>
    listTeams(contextOf(request)),
  )

  app.post(
    '/teams',
    {
      config: { ...admin, creates: true, problems: [teamNameTaken] },
      schema: { summary: 'Make a team', body: NewTeam, response: { 201: Team } },
    },
    async (request, reply) => reply.code(201).send(await createTeam(contextOf(request), request.body.name)),
  )

  app.get(
    '/teams/:id',
    {
      config: { ...team, problems: [notFound] },
      schema: { summary: 'One team', params: ById, response: { 200: Team } },
    },
    (request) => getTeam(contextOf(request), request.params.id),
  )

  app.patch(
    '/teams/:id',
    {
      config: { ...admin, problems: [notFound, teamNameTaken] },
      schema: {
        summary: 'Rename a team, disable it or let it in again',
        params: ById,
        body: ChangedTeam,
        response: { 200: Team },
      },
    },
    (request) => inTransaction(contextOf(request), (ctx) => changeTeam(ctx, request.params.id, request.body)),
  )

  async function changeTeam(ctx: Context, id: string, { name, disabled }: ChangedTeam): Promise<Team> {
    if (name !== undefined) await renameTeam(ctx, id, name)
    if (disabled !== undefined) await disableTeam(ctx, id, disabled)
    const changed = await getTeam(ctx, id)
    if (disabled) await pauseRunsOf(ctx, id, `The team ${changed.name} is disabled`)
    return changed
  }

  app.delete(
    '/teams/:id',
    {
      config: { ...admin, problems: [notFound, teamHasThings] },
      schema: { summary: 'Delete a team that has nothing', params: ById, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await deleteTeam(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/teams/:id/people/:person',
    {
      config: { ...admin, problems: [notFound] },
      schema: {
        summary: "Close the account of one of a team's people",
        params: ById.extend({ person: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await removeFromTeam(contextOf(request), request.params.id, request.params.person)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/teams/:id/links',
    {
      config: { ...team, problems: [notFound] },
      schema: { summary: "A team's invite links", params: ById, response: { 200: z.array(MadeLink) } },
    },
    async (request) => {
      const ctx = contextOf(request)
      return listLinks(ctx, { teamId: (await getTeam(ctx, request.params.id)).id })
    },
  )

  app.post(
    '/teams/:id/links',
    {
      config: { ...team, creates: true, problems: [notFound] },
      schema: {
        summary: 'Make an invite link for a team',
        params: ById,
        body: NewTeamLink,
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { id } = await getTeam(ctx, request.params.id)
      return reply.code(201).send(await createTeamLink(ctx, id, request.body, originOf(request)))
    },
  )

  app.delete(
    '/teams/:id/links/:link',
    {
      config: { ...team, problems: [notFound] },
      schema: {
        summary: 'Take an invite link of a team back',
        params: ById.extend({ link: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { id } = await getTeam(ctx, request.params.id)
      await revokeLink(ctx, request.params.link, { teamId: id })
      return reply.code(204).send(null)
    },
  )
}
