import { expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'

test('people, invitations by role and tokens have their whole life at the command line', async () => {
  const { ctx, database, anonymous, app } = await arena()
  const run = async (...args: string[]) => {
    const program = startArena(args, { DATABASE_URL: database.url, ARENA_DATA: ctx.config.dataDir })
    return { code: await program.ended, output: program.output() }
  }
  const { output } = await run('invite', 'researcher', '--origin', 'http://localhost')
  const code = /\/join\/(\S+)/.exec(output)![1]!
  expect((await anonymous.post(`/api/v1/links/${code}`, { name: 'Ann' })).statusCode).toBe(200)
  const links = await run('invite', 'list')
  expect(links.output).toMatch(/researcher +1 of 1 +spent/)
  const [link] = /[0-9a-f-]{36}(?= +Operator again)/.exec(links.output)!
  expect((await run('invite', 'revoke', link)).output).toContain('Taken back.')

  expect((await run('people', 'list')).output).toMatch(/Ann +researcher +active +2\S+ +1 +0\n/)
  expect((await run('people', 'role', 'Ann', 'admin')).output).toContain('Ann: admin, active.')
  expect(await run('people', 'role', 'Ann', 'team')).toMatchObject({ code: 2 })
  expect((await run('people', 'link', 'Ann', '--origin', 'http://localhost')).output).toMatch(
    /^http:\/\/localhost\/join\/\S{22}$/m,
  )
  expect((await run('people', 'sign-out', 'Ann')).output).toContain('Signed out everywhere.')
  const { output: token } = await run('tokens', 'create', 'CI', '--for', 'Ann', '--scope', 'read')
  const ask = async () =>
    (await app.inject({ url: '/api/v1/people', headers: { authorization: `Bearer ${token.trim()}` } })).statusCode
  expect(await ask()).toBe(200)
  const [id] = /[0-9a-f-]{36}/.exec((await run('tokens', 'list')).output)!
  expect((await run('tokens', 'revoke', id)).output).toContain('Revoked.')
  expect(await ask()).toBe(401)
  expect((await run('people', 'disable', 'Ann')).output).toContain('Ann: admin, disabled.')
  expect((await run('people', 'delete', 'Ann')).output).toContain('Say --yes to delete Ann for good')
  expect((await run('people', 'delete', 'Ann', '--yes')).output).toContain('Deleted.')
  const last = await run('people', 'disable', 'Operator')
  expect(last.code).not.toBe(0)
  expect(last.output).toContain('Nobody would run the arena any more')
})
