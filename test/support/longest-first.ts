import { BaseSequencer, type TestSequencer, type TestSequencerConstructor, type Vitest } from 'vitest/node'

/** What takes longest, in processes, waits and pages. Where no earlier run has told, files would go by their size, and these are small: the last of them would be waited for alone. */
const LONG = [
  'integration/strict-vendor', 'integration/product', 'conformance/reads', 'integration/demo', 'integration/database-servers', 'integration/consent-processes', 'integration/route-matrix', 'conformance/providers',
  'integration/scopes', 'conformance/limits', 'integration/fuzz', 'integration/migrate', 'conformance/new-provider', 'integration/record', 'integration/embedded', 'integration/embedded-install', 'integration/schedule',
  'integration/database-trouble', 'integration/versions', 'integration/quarantine', 'integration/deletions', 'integration/platform', 'integration/two-worlds', 'integration/long-poll', 'integration/link-command', 'integration/turns',
].map((name) => `/test/${name}.test.ts`)
const placeOf = ({ moduleId }: { readonly moduleId: string }): number => [...LONG, ''].findIndex((end) => moduleId.endsWith(end))

function order(vitest: Vitest): TestSequencer {
  const usual = new BaseSequencer(vitest)
  return {
    shard: (files) => usual.shard(files),
    sort: async (files) => (await usual.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other)),
  }
}

/** What an ordinary function returns to `new` is what `new` gives. */
export const longestFirst = order as unknown as TestSequencerConstructor
