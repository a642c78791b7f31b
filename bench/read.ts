// What reading costs, beside what it must cost at least: its section of docs/benchmarks.md is written from one run of this.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { models, type CommonModel } from '#models'
import { startEmbedded } from '../src/db/embedded.ts'
import { migrate } from '../src/db/migrate.ts'
import { Client } from 'pg'
import { PAGE_SIZE, prepare, type Dataset } from './measure.ts'
import { pgbenchVersion, serverFacts } from './postgres.ts'
import { writeSection } from './page.ts'
import { report } from './report.ts'
import { ACCOUNTS, seed } from './seed.ts'

const { values } = parseArgs({ options: {
  sizes: { type: 'string', default: '10000,100000' }, full: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' },
  model: { type: 'string', default: 'hris.Employee' }, out: { type: 'string', default: new URL('../docs/benchmarks.md', import.meta.url).pathname },
} })
const sizes = (values.full ? '10000,100000,1000000' : values.sizes).split(',').map(Number)
if (sizes.some((size) => !(size >= ACCOUNTS * PAGE_SIZE))) throw new Error(`Give sizes of at least ${ACCOUNTS * PAGE_SIZE}: a page of ${PAGE_SIZE} for each of ${ACCOUNTS} accounts.`)
const model = (models as Readonly<Record<string, CommonModel>>)[values.model]!
const say = (line: string): void => { console.error(line) }

const dataDir = mkdtempSync(join(tmpdir(), 'intermodal-bench-'))
// As root the server runs as somebody else, who must get through.
chmodSync(dataDir, 0o755)
const postgres = await startEmbedded({ dataDir, settings: { fsync: 'off', autovacuum: 'off', checkpoint_timeout: '1h', bgwriter_lru_maxpages: '0' } })

/** A migrated database of its own, full. */
async function dataset(records: number): Promise<Dataset> {
  const admin = new Client({ connectionString: postgres.url })
  await admin.connect()
  await admin.query(`create database bench_${records}`)
  await admin.end()
  const url = new URL(postgres.url)
  url.pathname = `/bench_${records}`
  await migrate(url.href)
  const begun = performance.now()
  const seeded = await seed(url.href, model, records)
  say(`${records} records of ${seeded.bodyBytes} bytes in ${((performance.now() - begun) / 1000).toFixed(1)} s`)
  return { records, url: url.href, seeded }
}

try {
  const datasets: Dataset[] = []
  for (const records of sizes) datasets.push(await dataset(records))
  const { version, postmaster } = await serverFacts(postgres.url)
  const { variants, pageBytes, stop } = await prepare(model, datasets, postmaster, Number(values.seconds))
  try {
    // The first round warms caches and compilers, and is thrown away.
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      for (const variant of variants.toSorted(() => Math.random() - 0.5)) {
        const sample = await variant.turn()
        if (round > 0) variant.samples.push(sample)
      }
      say(`round ${round} of ${values.rounds}`)
    }
  } finally {
    await stop()
  }
  const text = report(variants, {
    model: model.id, accounts: ACCOUNTS, pageSize: PAGE_SIZE, pageBytes, bodyBytes: datasets[0]!.seeded.bodyBytes, sizes, rounds: Number(values.rounds), seconds: Number(values.seconds),
    cores: availableParallelism(), node: process.version, postgres: version, pgbench: await pgbenchVersion(),
  })
  writeSection(values.out, 'Reading', text)
  console.log(text)
} finally {
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
