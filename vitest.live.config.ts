import { defineConfig } from 'vitest/config'
import { closingLine } from './test/support/closing-line.ts'

/** Against real third-party systems: slower, and only where they can be started. `npm run test:live`. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts', 'test/support/live-setup.ts'],
    pool: 'forks',
    // One Redmine for all: its request count must be ours alone.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'reports/live.json' }], closingLine],
  },
})
