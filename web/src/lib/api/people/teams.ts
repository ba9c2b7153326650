import { z } from 'zod'
import { Team, type ChangedTeam } from '#server/accounts/teams/schema.ts'
import { CreatedLink, MadeLink } from '#server/links/schema.ts'
import type { NewTeamLink } from '#server/links/teams/schema.ts'
import { ask, id, send, type Fetch } from '../ask.ts'
import { create } from '../create.ts'

export const listTeams = (fetch: Fetch) => ask(fetch, '/teams', z.array(Team))
export const getTeam = (fetch: Fetch, team: string) => ask(fetch, `/teams/${id(team)}`, Team)
export const createTeam = (fetch: Fetch, name: string) => create(fetch, '/teams', Team, { name })
export const changeTeam = (fetch: Fetch, team: string, change: ChangedTeam) =>
  ask(fetch, `/teams/${id(team)}`, Team, { method: 'PATCH', body: change })
export const deleteTeam = (fetch: Fetch, team: string) => send(fetch, `/teams/${id(team)}`, { method: 'DELETE' })
export const removeFromTeam = (fetch: Fetch, team: string, person: string) =>
  send(fetch, `/teams/${id(team)}/people/${id(person)}`, { method: 'DELETE' })
export const listTeamLinks = (fetch: Fetch, team: string) => ask(fetch, `/teams/${id(team)}/links`, z.array(MadeLink))
export const createTeamLink = (fetch: Fetch, team: string, link: z.input<typeof NewTeamLink>) =>
  create(fetch, `/teams/${id(team)}/links`, CreatedLink, link)
export const revokeTeamLink = (fetch: Fetch, team: string, link: string) =>
  send(fetch, `/teams/${id(team)}/links/${id(link)}`, { method: 'DELETE' })
