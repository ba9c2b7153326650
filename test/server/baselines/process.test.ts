import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startBaselines } from '#server/baselines/start.ts'
import { complete, folder } from './endpoint.ts'
import { circles } from './pictures.ts'

async function started(port?: number) {
  const child = await startBaselines({ ...(port !== undefined && { port }), cacheDir: await folder() })
  onTestFinished(() => child.stop())
  return child
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function gone(pid: number, url: string) {
  return vi.waitFor(
    async () => {
      expect(lives(pid)).toBe(false)
      await expect(fetch(`${url}/models`)).rejects.toThrow()
    },
    { timeout: 10_000 },
  )
}

test('the child answers, and stopping it frees process and port', async () => {
  const child = await started()
  expect(child.pid).not.toBe(process.pid)
  expect(
    (await complete(child.url, 'baseline-points', 'How many circles?\nAnswer with a single number.', circles)).text,
  ).toBe('5')
  await child.stop()
  await gone(child.pid, child.url)
  await child.stop()
})

test('an interrupt from the terminal leaves the child to its parent', async () => {
  const child = await started()
  process.kill(child.pid, 'SIGINT')
  expect((await fetch(`${child.url}/models`)).status).toBe(200)
  process.kill(child.pid, 'SIGTERM')
  await child.exited
  await gone(child.pid, child.url)
})

test('stopping in the middle of reading a picture leaves nothing behind', async () => {
  const child = await started()
  const asked = complete(child.url, 'baseline-ocr', 'What does it say?', circles).catch(() => null)
  await child.stop()
  await asked
  await gone(child.pid, child.url)
})

test('the child goes when its parent is killed', async () => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('parent.ts', import.meta.url)), await folder()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(parent.stdout), 'line')
  const { url, pid } = JSON.parse(String(line))
  expect((await fetch(`${url}/models`)).status).toBe(200)
  parent.kill('SIGKILL')
  await gone(pid, url)
})

test('a port in use is told in words', async () => {
  const child = await started()
  await expect(startBaselines({ port: Number(new URL(child.url).port), cacheDir: await folder() })).rejects.toThrow(
    /did not start: .*EADDRINUSE/,
  )
})
