import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('the migrations make the tables that the code declares: there is nothing left to generate', () => {
  const copy = mkdtempSync(join(tmpdir(), 'intermodal-migrations-'))
  try {
    cpSync(join(root, 'migrations'), copy, { recursive: true })
    const before = readdirSync(copy)
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/drizzle-kit/bin.cjs'), 'generate', '--dialect', 'postgresql', '--schema', './src/*/tables.ts', '--out', copy], { cwd: root, encoding: 'utf8' })
    expect(status, stdout + stderr).toBe(0)
    expect(readdirSync(copy), stdout).toEqual(before)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}, 60_000)
