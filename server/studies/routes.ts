import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { changeStudy, explainChange } from './change-study.ts'
import { copyStudy } from './copy-study.ts'
import { getStudy, listStudies, type StudyProgress } from './read-studies.ts'
import {
  ChangeMeaning,
  MemberPath,
  NewMember,
  NewStudy,
  Study,
  StudyChange,
  StudyCopy,
  StudySlug,
  StudySummary,
} from './schema.ts'
import {
  addModel,
  archiveStudy,
  createStudy,
  openStudy,
  pauseStudy,
  removeModel,
  reopenStudy,
  studyNeedsModels,
  studyOver,
  studyState,
} from './service.ts'

/** `progress` comes from the modules that know it. */
export const studyRoutes: FastifyPluginAsyncZod<{ progress: StudyProgress }> = async (app, { progress }) => {
  app.get(
    '/studies',
    { config: { policy: 'researcher' }, schema: { summary: 'Studies', response: { 200: z.array(StudySummary) } } },
    async (request) => listStudies(contextOf(request), progress),
  )

  app.get(
    '/studies/:slug',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: { summary: 'One study', params: StudySlug, response: { 200: Study } },
    },
    async (request) => getStudy(contextOf(request), request.params.slug, progress),
  )

  app.post(
    '/studies',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound, studyNeedsModels, studyOver] },
      schema: {
        summary: 'Create a study, and let it begin unless it is to stay a draft',
        body: NewStudy,
        response: { 201: Study },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { slug } = await createStudy(ctx, request.body)
      if (request.body.open) await openStudy(ctx, slug)
      return reply.code(201).send(await getStudy(ctx, slug, progress))
    },
  )

  app.post(
    '/studies/:slug/copy',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound, studyNeedsModels] },
      schema: {
        summary: 'A draft with the settings, texts, pool and models of a study',
        params: StudySlug,
        body: StudyCopy,
        response: { 201: Study },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { study } = await copyStudy(ctx, request.params.slug, request.body.name)
      return reply.code(201).send(await getStudy(ctx, study.slug, progress))
    },
  )

  app.post(
    '/studies/:slug/models',
    {
      config: { policy: 'researcher', problems: [notFound, studyNeedsModels, studyOver] },
      schema: {
        summary: 'Add the model of an endpoint to a study; one that is open asks it for its answers',
        params: StudySlug,
        body: NewMember,
        response: { 200: Study },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await addModel(ctx, request.params.slug, request.body.endpoint)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.delete(
    '/studies/:slug/models/:model',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: { summary: 'Take a model out of a draft', params: MemberPath, response: { 200: Study } },
    },
    async (request) => {
      const ctx = contextOf(request)
      await removeModel(ctx, request.params.slug, request.params.model)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.post(
    '/studies/:slug/open',
    {
      config: { policy: 'researcher', problems: [notFound, studyNeedsModels, studyOver] },
      schema: {
        summary: 'Let raters in and ask every model for its answers',
        params: StudySlug,
        response: { 200: Study },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await openStudy(ctx, request.params.slug)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.post(
    '/studies/:slug/reopen',
    {
      config: { policy: 'researcher', problems: [notFound, studyNeedsModels, studyOver, studyState] },
      schema: { summary: 'Open a closed study again', params: StudySlug, response: { 200: Study } },
    },
    async (request) => {
      const ctx = contextOf(request)
      await reopenStudy(ctx, request.params.slug)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.post(
    '/studies/:slug/changes/meaning',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'What a change of a study would mean for its votes, quotas and raters; nothing is changed',
        params: StudySlug,
        body: StudyChange,
        response: { 200: ChangeMeaning },
      },
    },
    async (request) => ({
      sentences: await explainChange(contextOf(request), request.params.slug, request.body, progress.countVotes),
    }),
  )

  app.patch(
    '/studies/:slug',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: { summary: 'Change a study', params: StudySlug, body: StudyChange, response: { 200: Study } },
    },
    async (request) => {
      const ctx = contextOf(request)
      await changeStudy(ctx, request.params.slug, request.body)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.post(
    '/studies/:slug/pause',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: {
        summary: 'Hand out no new cards; what raters hold still counts',
        params: StudySlug,
        response: { 200: Study },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await pauseStudy(ctx, request.params.slug, true)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.post(
    '/studies/:slug/resume',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: { summary: 'Hand out cards again', params: StudySlug, response: { 200: Study } },
    },
    async (request) => {
      const ctx = contextOf(request)
      await pauseStudy(ctx, request.params.slug, false)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.post(
    '/studies/:slug/archive',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: {
        summary: 'List a closed study and its board apart from the others; nothing else changes',
        params: StudySlug,
        response: { 200: Study },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await archiveStudy(ctx, request.params.slug, true)
      return getStudy(ctx, request.params.slug, progress)
    },
  )

  app.post(
    '/studies/:slug/restore',
    {
      config: { policy: 'researcher', problems: [notFound, studyState] },
      schema: { summary: 'Take a study back from the archive', params: StudySlug, response: { 200: Study } },
    },
    async (request) => {
      const ctx = contextOf(request)
      await archiveStudy(ctx, request.params.slug, false)
      return getStudy(ctx, request.params.slug, progress)
    },
  )
}
