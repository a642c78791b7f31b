import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { settings } from '#src/config'
import { flawsOf, parseDockerfile } from '../../scripts/dockerfile.ts'

const root = `${import.meta.dirname}/../..`
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8')

describe('the Dockerfile', () => {
  const stages = parseDockerfile(read('Dockerfile'))

  it('makes a small image without a shell, secrets or a user that may write', () => {
    expect(stages.map(({ name }) => name)).toEqual(['modules', '1'])
    expect(flawsOf(stages)).toEqual([])
  })

  it('copies only what there is and what the builder is sent', () => {
    const sent = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    const copied = stages.flatMap(({ instructions }) => instructions).filter(({ word, flags }) => word === 'COPY' && flags['from'] === undefined).flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1))
    for (const path of copied) {
      expect(existsSync(`${root}/${path}`), path).toBe(true)
      expect(sent).toContain(path)
    }
    expect(read('.dockerignore').split('\n')).toContain('*')
  })

  it.each([
    ['FROM node', 'node has no fixed tag'],
    ['FROM node:latest', 'node:latest has no fixed tag'],
    ['FROM node:24\nADD https://example.com/a /a', 'ADD https://example.com/a /a: COPY does not unpack or fetch'],
    ['FROM node:24\nCOPY . .', 'COPY . .: copies whatever lies about'],
    ['FROM node:24\nENV API_KEY=x', 'a secret in the image: API_KEY=x'],
    ['FROM node:24\nRUN npm ci', 'RUN npm ci: starts a shell'],
    ['FROM node:24\nRUN ["npm", "install"]', 'npm install: npm ci keeps to the lock'],
    ['FROM node:24\nCMD node a.ts', 'CMD node a.ts: starts a shell'],
    ['FROM node:24\nUSER node', 'USER is "node", not a number of 10000 or more'],
    ['FROM node:24\nUSER 10001\nCOPY src src', 'USER comes before the last COPY or RUN: its files could be written by the process'],
    ['FROM node:24\nUSER 10001', 'no HEALTHCHECK'],
  ])('with the flaw in %j is refused', (text, flaw) => { expect(flawsOf(parseDockerfile(text))).toContain(flaw) })
})

describe('compose.yaml', () => {
  const text = read('compose.yaml')
  /** The lines under a key at an indentation. */
  const block = (key: string, indent: number): string => new RegExp(`^ {${indent}}${key}:.*\\n((?: {${indent + 1},}.*\\n|\\s*\\n)*)`, 'm').exec(text)?.[1] ?? ''
  const hardened = ['read_only: true', 'cap_drop: [ALL]', 'security_opt: ["no-new-privileges:true"]']

  it('gives every service a read-only root, no capabilities and no way to gain any', () => {
    const services = [...block('services', 0).matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name!)
    expect(services).toEqual(['postgres', 'migrate', 'serve', 'work'])
    for (const name of services) {
      const whole = `${block(name, 2)}${block(name, 2).includes('<<: *intermodal') ? block('x-intermodal', 0) : ''}`
      for (const line of hardened) expect(whole, `${name}: ${line}`).toContain(line)
      expect(whole, `${name} says how its health is seen`).toMatch(/healthcheck:|condition: service_completed_successfully/)
    }
  })

  it('starts nothing before the database is migrated, and opens the API to this machine only', () => {
    for (const name of ['serve', 'work']) expect(block(name, 2)).toContain('migrate: { condition: service_completed_successfully }')
    expect(block('migrate', 2)).toContain('postgres: { condition: service_healthy }')
    expect([...text.matchAll(/ports: (.+)/g)].map(([, ports]) => ports)).toEqual(['["127.0.0.1:3000:3000"]'])
  })

  it('has fixed tags, and no secret of its own', () => {
    for (const [, image] of text.matchAll(/image: (\S+)/g)) expect(image).toMatch(/:(?!latest)[\w.-]+$/)
    for (const [, name, value] of text.matchAll(/(\w*(?:PASSWORD|KEY|URL)): (.+)/g)) expect(value, name).toContain(`\${`)
    expect(block('x-intermodal', 0)).toContain('env_file: .env')
  })

  it('sets only what the program reads', () => {
    const known = settings.map(({ name }) => name as string)
    for (const [, name] of block('x-intermodal', 0).matchAll(/^ {4}([A-Z_]+):/gm)) expect(known).toContain(name)
  })
})
