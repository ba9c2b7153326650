import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { busy, notFound } from '../core/problem.ts'
import { notEnrolled, traineeProblems, trainingNeeded } from '../raters/service.ts'
import { removeStudy } from '../raters/remove-study.ts'
import { StudyDeletion, StudySlug } from '../studies/schema.ts'
import { studyOver, studyState } from '../studies/service.ts'
import { alreadyVoted, castVote, voteWithdrawn } from './cast-vote.ts'
import { closeStudy } from './close-study.ts'
import { deleteWithVotes, type DeleteBoards } from './delete-study.ts'
import { leaseOver, releaseBattle, renewLease, reportBattle } from './keep-leases.ts'
import { leaseBattles } from './lease-battles.ts'
import { anotherRater } from './page-owner.ts'
import {
  BattleId,
  CardBatch,
  Lease,
  LeaseRelease,
  LeaseRequest,
  RaterGuide,
  ReportInput,
  TryOut,
  TryOutRequest,
  Vote,
  VoteId,
  VoteInput,
  Withdrawal,
} from './schema.ts'
import { readGuide } from './guide/read-guide.ts'
import { tryStudy } from './try-out.ts'
import { tooLateToUndo, votePublished, withdrawVote, type IsPublished } from './withdraw-vote.ts'

const nothing = { 204: z.null() }

interface OfBoards {
  deleteBoards: DeleteBoards
  isPublished: IsPublished
}

/** What is done with boards comes from the module that knows them. */
export const battleRoutes: FastifyPluginAsyncZod<OfBoards> = async (app, { deleteBoards, isPublished }) => {
  const config = { policy: 'member' } as const

  app.post(
    '/studies/:slug/close',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: {
        summary: 'Close a study: no vote that comes later counts, and its battles open to everybody',
        params: StudySlug,
        response: nothing,
      },
    },
    async (request, reply) => {
      await closeStudy(contextOf(request), request.params.slug)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/studies/:slug',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: {
        summary: 'Delete a draft, or with its name a closed study and all its votes, answers and boards',
        params: StudySlug,
        querystring: StudyDeletion,
        response: nothing,
      },
    },
    async (request, reply) => {
      const { name } = request.query
      if (name === undefined) await removeStudy(contextOf(request), request.params.slug)
      else await deleteWithVotes(contextOf(request), request.params.slug, name, deleteBoards)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/studies/:slug/try-out',
    {
      config: { policy: 'researcher', problems: [notFound, busy] },
      schema: {
        summary: 'Cards to try a study with, in any state of it; nothing is leased and no verdict is kept',
        params: StudySlug,
        querystring: TryOutRequest,
        response: { 200: TryOut },
      },
    },
    async (request) => tryStudy(contextOf(request), request.params.slug, request.query),
  )

  app.get(
    '/studies/:slug/guide',
    {
      config: { ...config, problems: [notFound, notEnrolled] },
      schema: {
        summary: 'What a rater may read again: guidelines, pay, contact, and what they have done',
        params: StudySlug,
        response: { 200: RaterGuide },
      },
    },
    async (request) => readGuide(contextOf(request), request.params.slug),
  )

  app.post(
    '/studies/:slug/battles/lease',
    {
      config: {
        ...config,
        problems: [...traineeProblems, trainingNeeded, anotherRater, busy],
      },
      schema: {
        summary: 'Lease battles and get their cards',
        params: StudySlug,
        body: LeaseRequest,
        response: { 200: CardBatch },
      },
    },
    async (request) => leaseBattles(contextOf(request), request.params.slug, request.body),
  )

  app.post(
    '/battles/:id/vote',
    {
      config: { ...config, problems: [notFound, alreadyVoted, voteWithdrawn, anotherRater] },
      schema: { summary: 'Vote on a battle', params: BattleId, body: VoteInput, response: { 201: Vote } },
    },
    async (request, reply) => reply.code(201).send(await castVote(contextOf(request), request.params.id, request.body)),
  )

  app.post(
    '/battles/:id/release',
    {
      config,
      schema: {
        summary: 'Give a battle back unseen',
        params: BattleId,
        body: LeaseRelease.nullish(),
        response: nothing,
      },
    },
    async (request, reply) => {
      await releaseBattle(contextOf(request), request.params.id, request.body ?? { holder: null })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/battles/:id/renew',
    {
      config: { ...config, problems: [notFound, leaseOver] },
      schema: { summary: 'Prolong a lease', params: BattleId, response: { 200: Lease } },
    },
    async (request) => renewLease(contextOf(request), request.params.id),
  )

  app.post(
    '/votes/:id/withdraw',
    {
      config: { ...config, problems: [notFound, tooLateToUndo, votePublished, studyOver] },
      schema: { summary: 'Take a vote back', params: VoteId, response: { 200: Withdrawal } },
    },
    async (request) => withdrawVote(contextOf(request), request.params.id, isPublished),
  )

  app.post(
    '/battles/:id/report',
    {
      config: { ...config, problems: [notFound] },
      schema: { summary: 'Report a battle', params: BattleId, body: ReportInput, response: nothing },
    },
    async (request, reply) => {
      await reportBattle(contextOf(request), request.params.id, request.body)
      return reply.code(204).send(null)
    },
  )
}
