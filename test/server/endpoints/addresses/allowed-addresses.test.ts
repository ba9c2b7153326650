import { expect, test } from 'vitest'
import type { Config } from '#server/core/config.ts'
import { allowAddress, listAllowed, takeBackAddress } from '#server/endpoints/addresses/allowed-addresses.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { openEndpoint } from '#server/endpoints/call-endpoint.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { newPerson } from '../../../support/people.ts'

const vllm = NewEndpoint.parse({ model: 'M', remoteModel: 'm', baseUrl: 'http://127.0.0.1:8000/v1' })
const refused = { type: '/problems/address-not-allowed' }

async function adminOf(changes: Partial<Config> = {}) {
  const { ctx } = await callsLab()
  return newPerson({ ...ctx, config: { ...ctx.config, ...changes } }, 'admin')
}

test('an admin allows one host and port of this machine, for admins only, and takes it back', async () => {
  const admin = await adminOf()
  await expect(registerEndpoint(admin, vllm)).rejects.toMatchObject({
    ...refused,
    detail: expect.stringContaining('An admin allows it on the page Endpoints') as string,
  })
  await allowAddress(admin, '127.0.0.1:8000')
  await allowAddress(admin, '127.0.0.1:8000')
  expect(await listAllowed(admin)).toMatchObject({ possible: true, addresses: [{ host: '127.0.0.1', port: 8000 }] })
  const { id } = await registerEndpoint(admin, vllm)
  const { reach } = await openEndpoint(admin, id)
  expect(admin.egress.faultOf('http://127.0.0.1:8000/v1', reach)).toBeNull()
  expect(admin.egress.faultOf('http://127.0.0.1:8001/v1', reach)).not.toBeNull()
  for (const role of ['team', 'researcher'] as const)
    await expect(registerEndpoint(await newPerson(admin, role), { ...vllm, model: role })).rejects.toMatchObject(
      refused,
    )

  await takeBackAddress(admin, { host: '127.0.0.1', port: 8000 })
  expect(admin.egress.faultOf('http://127.0.0.1:8000/v1', 'listed')).not.toBeNull()
  await expect(takeBackAddress(admin, { host: '127.0.0.1', port: 8000 })).rejects.toMatchObject({ status: 404 })
  expect(await admin.sql`select action, subject from audit_events where action like 'address.%' order by id`).toEqual([
    { action: 'address.allowed', subject: 'address:127.0.0.1:8000' },
    { action: 'address.taken-back', subject: 'address:127.0.0.1:8000' },
  ])
})

test.each([
  '169.254.169.254:80',
  '[fe80::1]:80',
  '[fd00:ec2::254]:80',
  '100.100.100.200:80',
  '168.63.129.16:80',
  '[::ffff:169.254.169.254]:80',
  '8.8.8.8:8000',
  '10.0.0.0/8:8000',
  '127.0.0.1',
  '127.0.0.1:0',
  'http://127.0.0.1:8000',
])('%s is never opened from a page', async (address) => {
  const admin = await adminOf()
  await expect(allowAddress(admin, address)).rejects.toMatchObject({ status: 400 })
  expect((await listAllowed(admin)).addresses).toEqual([])
})

test.each([{ host: '0.0.0.0' }, { host: '192.168.1.4' }, { publicUrl: 'https://arena.example' }, { trustProxy: 1 }])(
  'a server with %o takes none, and what was allowed does not hold there',
  async (reached) => {
    const admin = await adminOf()
    await allowAddress(admin, '10.1.2.3:8000')
    const elsewhere = { ...admin, config: { ...admin.config, ...reached } }
    await expect(allowAddress(elsewhere, '127.0.0.1:8000')).rejects.toMatchObject({
      type: '/problems/not-on-this-machine',
    })
    await expect(registerEndpoint(elsewhere, { ...vllm, baseUrl: 'http://10.1.2.3:8000/v1' })).rejects.toMatchObject(
      refused,
    )
  },
)

test('a name that leads to the credentials of a cloud stays closed though it was allowed', async () => {
  const { mayConnect } = await import('#server/core/address-rule.ts')
  const entry = { kind: 'host', host: 'innocent.lan', port: 80 } as const
  expect(mayConnect('innocent.lan', '169.254.169.254', 80, [entry])).toBe(false)
  expect(mayConnect('innocent.lan', '10.0.0.7', 80, [entry])).toBe(true)
})
