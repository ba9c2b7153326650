import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type Page } from 'playwright'
import { chromiumArguments } from './chromium.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const transitionsEnd = `Promise.allSettled(
  document.getAnimations().filter((animation) => animation instanceof CSSTransition).map(({ finished }) => finished),
).then(() => undefined)`

/** The Chromium that vitest.config.ts found. Close it when done. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH!, args: chromiumArguments })
}

/** What axe objects to on the page once its colours have changed: rule and elements. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(transitionsEnd)
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)
  })
}

/** Every byte that reaches the page from now on, bodies and headers, as one searchable text. */
export function recordBytes(page: Page): () => Promise<string> {
  const parts: Promise<string>[] = []
  page.on('response', (response) => {
    const body = response.body().then(
      (bytes) => bytes.toString('latin1'),
      () => '',
    )
    parts.push(body.then((text) => `${response.url()} ${JSON.stringify(response.headers())} ${text}`))
  })
  return async () => (await Promise.all(parts)).join('\n')
}

/** What the page complained of: errors thrown and errors logged. */
export function recordErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

/** Bytes of script on the wire, headers and bodies as sent, while the page loads an address; the page's cache has to be empty. */
export async function scriptBytes(page: Page, url: string): Promise<number> {
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  const scripts = new Set<string>()
  let bytes = 0
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (/javascript/.test(response.mimeType)) scripts.add(requestId)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  await network.detach()
  return bytes
}
