import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumArguments, findChromium } from './test/support/chromium.ts'

const executablePath = await findChromium()

/** Tests that start and kill servers of their own: they run with the whole programs, one file after another. */
const alone = ['test/server/core/postgres/embedded.test.ts']

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'server',
          environment: 'node',
          pool: 'forks',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...alone],
          sequence: { groupOrder: 0 },
          maxWorkers: 2, // each file has a database of its own; by default two cores would run one file at a time
          globalSetup: ['test/support/database-server.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        extends: './web/vite.config.ts',
        root: fileURLToPath(new URL('./web', import.meta.url)),
        test: {
          name: 'web',
          include: ['src/**/*.svelte.test.ts'],
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions: { executablePath, args: chromiumArguments } }),
            instances: [{ browser: 'chromium' as const }],
            screenshotFailures: false,
          },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          pool: 'forks',
          include: ['test/e2e/**/*.test.ts', ...alone],
          sequence: { groupOrder: 2 },
          globalSetup: ['test/support/database-server.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          expect: { poll: { timeout: 20_000 } },
          env: { CHROMIUM_PATH: executablePath },
        },
      },
    ],
  },
})
