import { existsSync } from 'node:fs'

/** Flags that keep headless Chromium working as root and silent on a machine without a network. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of a Chromium: CHROMIUM_PATH, else the system's, else the one that npm installed. Throws a sentence that says what to install. */
export async function findChromium(): Promise<string> {
  const named = process.env.CHROMIUM_PATH
  if (named) return named
  const system = systemPaths.find((path) => existsSync(path))
  if (system) return system
  try {
    const { default: bundled } = await import('@sparticuz/chromium')
    return await bundled.executablePath()
  } catch (cause) {
    throw new Error('No Chromium found: install the package `chromium`, or set CHROMIUM_PATH to one.', { cause })
  }
}
