import { expect, test } from 'vitest'
import type { Snapshot } from '#server/boards/exports/schema.ts'
import { bibtexOf, citationOf } from './cite.ts'

const id = '01234567-89ab-7def-8123-456789abcdef'
const address = `/leaderboard/wave-1/snapshots/${id}`
const detail = (host: string) =>
  ({
    study: { slug: 'wave-1', name: 'Tom & Ann_1 {50 %}' },
    snapshot: { id, createdAt: '2026-11-28T06:00:00.000Z', codeVersion: '0.1.0' },
    address,
    citation: `Tom & Ann_1 {50 %}: leaderboard of 2026-11-28. VLM Arena 0.1.0, snapshot ${id}, ${host}${address}`,
    licence: 'CC BY 4.0',
  }) as unknown as Snapshot

test('a citation has the host, the one that the server was told before the one that was asked', () => {
  expect(citationOf(detail(''), 'https://here.example')).toMatch(/, https:\/\/here\.example\/leaderboard\/wave-1\//)
  expect(citationOf(detail('https://arena.example'), 'http://127.0.0.1:3000')).toMatch(/, https:\/\/arena\.example\/l/)
})

test('BibTeX of a snapshot, what TeX would read as its own signs escaped', () => {
  expect(bibtexOf(detail(''), 'https://here.example')).toBe(`@misc{wave-1-01234567,
  title = {Tom \\& Ann\\_1 \\{50 \\%\\}: leaderboard of 2026-11-28},
  year = {2026},
  howpublished = {VLM Arena 0.1.0, snapshot ${id}},
  url = {https://here.example${address}},
  note = {Votes: CC BY 4.0},
}`)
})
