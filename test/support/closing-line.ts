import type { Reporter } from 'vitest/node'

/** Says at the very end, in one line that a script can read, how it went. */
export const closingLine: Reporter = {
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length
    // A file that does not load and an error outside any test are failures that no test shows.
    const broken = modules.filter((module) => module.state() === 'failed' && ![...module.children.allTests()].some((test) => test.result().state === 'failed')).length
    const skipped = count('skipped')
    // At exit: after the other reporters' summaries, and after what the global teardown says.
    process.once('exit', () => { process.stdout.write(`${count('passed')} passed, ${count('failed') + broken + errors.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`) })
  },
}
