/** A copy of the tree in which anything may be changed. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname
const KEPT = ['bench', 'common-models', 'docs', 'migrations', 'openapi', 'providers', 'scripts', 'src', 'test', '.env.example', 'package.json', 'tsconfig.json']

export interface TreeCopy {
  readonly folder: string
  readonly write: (files: Readonly<Record<string, string>>) => void
  /** Runs a program of the tree with our own Node. */
  readonly run: (...args: readonly string[]) => { readonly status: number | null; readonly output: string }
  readonly remove: () => void
}

export function copyTree(): TreeCopy {
  const folder = mkdtempSync(join(tmpdir(), 'intermodal-copy-'))
  chmodSync(folder, 0o755)
  for (const name of KEPT) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'))
  return {
    folder,
    write(files) {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), text)
      }
    },
    run(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' }, timeout: 240_000 })
      return { status, output: stdout + stderr }
    },
    remove() { rmSync(folder, { recursive: true, force: true }) },
  }
}

export const TSC = 'node_modules/typescript/bin/tsc'
export const VITEST = 'node_modules/vitest/vitest.mjs'
/** The conformance suite without a database, which it does not need. */
export const CONFORMANCE_ONLY = `import { defineConfig } from 'vitest/config'\n\nexport default defineConfig({ test: { include: ['test/conformance/**/*.test.ts'], pool: 'forks', isolate: false, testTimeout: 60_000, hookTimeout: 60_000, reporters: [['json', { outputFile: 'reports/vitest.json' }]] } })\n`
