import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'

// Two validators that share no code: one holds the document against the published JSON schema, one walks it by rules of its own.
const files = globSync('openapi/*.json').sort()
const rules = {
  struct: 'error', 'no-unresolved-refs': 'error', 'no-identical-paths': 'error', 'no-path-trailing-slash': 'error', 'path-declaration-must-exist': 'error', 'path-parameters-defined': 'error', 'operation-parameters-unique': 'error',
  'operation-operationId': 'error', 'operation-operationId-unique': 'error', 'operation-operationId-url-safe': 'error', 'operation-summary': 'error', 'operation-2xx-response': 'off', 'security-defined': 'error', 'no-enum-type-mismatch': 'error', 'no-schema-type-mismatch': 'error', 'no-unused-components': 'error',
} as const

const bySchema = async (document: object): Promise<string[]> => {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as Record<string, unknown>)
  return valid ? [] : [typeof errors === 'string' ? errors : JSON.stringify(errors)]
}
const byRules = async (text: string): Promise<string[]> => {
  const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config: await createConfig({ rules }) })
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`)
}

describe('the committed documents', () => {
  test('there is one for each category and one for the platform', () => {
    expect(files.map((file) => basename(file))).toEqual(['crm.json', 'hris.json', 'platform.json', 'ticketing.json'])
  })

  test.each(files)('%s is valid by the published schema of OpenAPI 3.1', async (file) => {
    expect(await bySchema(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual([])
  })

  test.each(files)('%s is valid by the rules of a linter', async (file) => {
    expect(await byRules(readFileSync(file, 'utf8'))).toEqual([])
  })

  test('both would notice', async () => {
    const text = readFileSync('openapi/platform.json', 'utf8')
    const broken = JSON.parse(text) as { paths: Record<string, unknown> }
    broken.paths['no-slash'] = { get: { responses: 'none', parameters: [{ name: 'a' }] } }
    expect(await bySchema(broken)).not.toEqual([])
    expect(await byRules(JSON.stringify(broken))).not.toEqual([])
    expect(await byRules(text.replace('#/components/schemas/Problem', '#/components/schemas/Nowhere'))).not.toEqual([])
  })
})
