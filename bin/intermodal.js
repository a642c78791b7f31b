#!/usr/bin/env node
// Plain JavaScript for any Node: it only finds the Node that the rest needs. `npm` and `npx` put that one first by themselves.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
const main = new URL('../src/main.ts', import.meta.url)

if (major > 24 || (major === 24 && minor >= 12)) {
  // `main.ts` must find itself where it would be if it had been started directly.
  process.argv[1] = fileURLToPath(main)
  await import(main.href)
} else {
  const windows = process.platform === 'win32'
  const place = `${windows ? 'win' : process.platform}-${process.arch}`
  // The package for Apple's processors was renamed after Node 18.
  const name = place === 'darwin-arm64' ? `node-bin-${place}` : `node-${place}`
  const node = fileURLToPath(new URL(`../node_modules/${name}/bin/node${windows ? '.exe' : ''}`, import.meta.url))
  if (!existsSync(node)) {
    console.error(`Intermodal needs Node 24.12 or newer; this is ${process.versions.node}, and the package ${name}, which brings one, is not installed. Run \`npm install\`, or start with a newer Node.`)
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    // A terminal sends Ctrl-C to the child as well. Listening keeps us here until the child has ended in order.
    process.on(signal, () => { if (!(signal === 'SIGINT' && [0, 1, 2].some((stream) => isatty(stream)))) child.kill(signal) })
  }
  child.on('error', (error) => { console.error(error.message); process.exit(1) })
  child.on('exit', (code, signal) => { process.exit(code ?? 128 + (constants.signals[signal] ?? 0)) })
}
