import { z } from 'zod'
import { Study, StudySummary } from '#server/studies/schema.ts'
import { ask, id, type Fetch } from './ask.ts'

export const listStudies = (fetch: Fetch) => ask(fetch, '/studies', z.array(StudySummary))
export const getStudy = (fetch: Fetch, study: string) => ask(fetch, `/studies/${id(study)}`, Study)
