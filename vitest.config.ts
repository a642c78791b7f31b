import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { closingLine } from './test/support/closing-line.ts'
import { longestFirst } from './test/support/longest-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'providers/**/*.test.ts'],
    exclude: ['test/live/**', 'node_modules/**'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One more than there are cores: many tests wait for processes, timeouts and leases, and others compute meanwhile.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: longestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }], closingLine],
  },
})
