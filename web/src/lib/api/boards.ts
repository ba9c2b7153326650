import { z } from 'zod'
import { BenchmarkScores, Board, ReferenceBoard } from '#server/boards/schema.ts'
import { Battle, BattlePage, BoardModelDetail, CategoryBoards, Matrix, Scatter } from '#server/boards/charts/schema.ts'
import { Snapshot, SnapshotList, type ExportQuery } from '#server/boards/exports/schema.ts'
import { BoardFitTest, Fragility, Stability, WhatIf } from '#server/boards/trust/schema.ts'
import type { Verdict } from '#server/battles/schema.ts'
import type { QueryCategory } from '#server/queries/categories/schema.ts'
import { StudySummary } from '#server/studies/schema.ts'
import { ask, id, type Fetch } from './ask.ts'

type Category = QueryCategory | null

const path = (study: string, rest = '', query: Record<string, string | number | null | undefined> = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/boards/${id(study)}${rest}${search ? `?${search}` : ''}`
}

export const listBoards = (fetch: Fetch) => ask(fetch, '/boards', z.array(StudySummary))
export const getBoard = (fetch: Fetch, study: string, category: Category) =>
  ask(fetch, path(study, '', { category }), Board)
export const getBoardModel = (fetch: Fetch, study: string, model: string, category: Category) =>
  ask(fetch, path(study, `/models/${id(model)}`, { category }), BoardModelDetail)
export const getMatrix = (fetch: Fetch, study: string, category: Category) =>
  ask(fetch, path(study, '/matrix', { category }), Matrix)
export const getCategoryBoards = (fetch: Fetch, study: string) => ask(fetch, path(study, '/categories'), CategoryBoards)
export const getScatter = (fetch: Fetch, study: string, category: Category) =>
  ask(fetch, path(study, '/scatter', { category }), Scatter)
export const getStability = (fetch: Fetch, study: string) => ask(fetch, path(study, '/stability'), Stability)
export const getFitTest = (fetch: Fetch, study: string) => ask(fetch, path(study, '/fit'), BoardFitTest)
/**
 * What the board would be without each rater; with many votes the server takes a few seconds, once for each snapshot.
 */
export const getFragility = (fetch: Fetch, study: string) => ask(fetch, path(study, '/fragility'), Fragility)
/** A board's votes under other rules; what is not given is as published. */
export const getWhatIf = (fetch: Fetch, study: string, rules: Record<string, string>) =>
  ask(fetch, path(study, '/what-if', rules), WhatIf)
export const getSnapshot = (fetch: Fetch, study: string, snapshot: string) =>
  ask(fetch, path(study, `/snapshots/${id(snapshot)}`), Snapshot)
export const listSnapshots = (fetch: Fetch, study: string, query: { category: Category; before: string | null }) =>
  ask(fetch, path(study, '/snapshots', query), SnapshotList)
export const listBattles = (
  fetch: Fetch,
  study: string,
  query: { a: string; b: string; category: Category; verdict: Verdict | null; before: number | null },
) => ask(fetch, path(study, '/battles', query), BattlePage)
export const getBattle = (fetch: Fetch, study: string, vote: number) =>
  ask(fetch, path(study, `/battles/${vote}`), Battle)
/** Table 1 of the Molmo paper, as published. */
export const getPaperTable = (fetch: Fetch) => ask(fetch, '/boards/reference/molmo-paper', ReferenceBoard)

/** What was computed here of a benchmark, of all its splits. */
export const getBenchmarkScores = (fetch: Fetch, benchmark: string) =>
  ask(fetch, `/benchmarks/${id(benchmark)}/scores`, BenchmarkScores)

/** Addresses of a board and its charts as files. */
export const boardCsvUrl = (study: string, category: Category) => `/api/v1${path(study, '/export.csv', { category })}`
type VoteFormat = Exclude<ExportQuery['format'], 'csv' | 'json'>
export const votesUrl = (study: string, format: VoteFormat) => `/api/v1${path(study, '/export', { format })}`
/** The zip of a snapshot with its votes. */
export const archiveUrl = (snapshot: string) => `/api/v1/snapshots/${id(snapshot)}/archive`
export const boardJsonUrl = (study: string, category: Category) => `/api/v1${path(study, '', { category })}`
export const whatIfUrl = (study: string, rules: Record<string, string>) => `/api/v1${path(study, '/what-if', rules)}`
export const matrixCsvUrl = (study: string, category: Category) => `/api/v1${path(study, '/matrix.csv', { category })}`
export const categoriesCsvUrl = (study: string) => `/api/v1${path(study, '/categories.csv')}`
export const scatterCsvUrl = (study: string, category: Category) =>
  `/api/v1${path(study, '/scatter.csv', { category })}`
export const stabilityCsvUrl = (study: string) => `/api/v1${path(study, '/stability.csv')}`
export const fitUrl = (study: string, ending: '' | '.csv') => `/api/v1${path(study, `/fit${ending}`)}`
export const fragilityUrl = (study: string, ending: '' | '.csv') => `/api/v1${path(study, `/fragility${ending}`)}`
export const paperTableCsvUrl = '/api/v1/boards/reference/molmo-paper/export.csv'
