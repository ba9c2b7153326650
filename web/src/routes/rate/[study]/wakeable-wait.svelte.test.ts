import { expect, test } from 'vitest'
import { WakeableWait } from './wakeable-wait.ts'

const longMs = 600_000

test('a wait ends when it is woken', async () => {
  const retry = new WakeableWait()
  const waiting = retry.wait(longMs)
  retry.wake()
  await waiting
})

test('being woken between two waits ends the next one at once, and only that', async () => {
  const retry = new WakeableWait()
  retry.wake()
  retry.wake()
  await retry.wait(longMs)
  const still = Symbol('still waiting')
  expect(await Promise.race([retry.wait(longMs), Promise.resolve(still)])).toBe(still)
})
