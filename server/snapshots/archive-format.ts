import { z } from 'zod'

/** A file of the archive by its name. */
const ArchivedFile = z.object({ bytes: z.number().int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })

/** `manifest.json`: what the archive is and what it must hold. */
export const ArchiveManifest = z.object({
  format: z.literal('vlm-arena-snapshot'),
  formatVersion: z.literal(1),
  snapshot: z.object({
    id: z.string(),
    study: z.string(),
    category: z.string().nullable(),
    createdAt: z.iso.datetime(),
  }),
  votes: z.object({
    used: z.number().int(),
    /** By reason. */
    excluded: z.record(z.string(), z.number().int()),
    /** Raters whose votes were left out by decision, unnamed: why, and how many votes of each would have counted. */
    exclusions: z.array(z.object({ reason: z.string(), votes: z.number().int() })).optional(),
    raters: z.number().int(),
    /** Number of the newest vote covered. */
    last: z.number().int(),
  }),
  models: z.number().int(),
  fit: z.object({
    method: z.string(),
    parameters: z.record(z.string(), z.union([z.string(), z.number()])),
    seed: z.number().int(),
    codeVersion: z.string(),
    dataHash: z.string(),
  }),
  licence: z.string(),
  citation: z.string(),
  packedBy: z.string(),
  files: z.record(z.string(), ArchivedFile),
})
export type ArchiveManifest = z.infer<typeof ArchiveManifest>

/** One of `models.json`, which lists them in the order in which the fit takes them. */
export const ArchivedModel = z.object({
  slug: z.string(),
  name: z.string(),
  organisation: z.string(),
  openness: z.string(),
  baseline: z.boolean(),
})
export type ArchivedModel = z.infer<typeof ArchivedModel>

/** A line of `leaderboard.json`: a number, a word or nothing under each name, compared one by one. */
const ArchivedRow = z.object({ model: z.string() }).catchall(z.union([z.string(), z.number(), z.null()]))

/** `leaderboard.json`. */
export const ArchivedBoard = z.object({
  converged: z.string(),
  notes: z.array(z.string()),
  topFlip: z
    .object({ first: z.string(), second: z.string(), gap: z.number(), votes: z.number().int().nullable() })
    .nullable(),
  rows: z.array(ArchivedRow),
})
export type ArchivedBoard = z.infer<typeof ArchivedBoard>

/** What a replay reads of a line of `votes.jsonl`. */
export const ArchivedVote = z.object({
  model_a: z.string(),
  model_b: z.string(),
  winner: z.enum(['model_a', 'model_b', 'tie', 'both_bad', 'unsure']),
  rater: z.string(),
  item: z.string(),
})
