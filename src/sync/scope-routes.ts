import { Type, type FastifyPluginAsyncTypebox, type Static } from '@fastify/type-provider-typebox'
import { models, type Category, type CommonModel } from '#models'
import { actorOf } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { changeAccountScopes, changeDefaultScopes } from './change-scopes.ts'
import type { Scheduler } from './schedule.ts'
import { fieldsOf, readScopes, scopeOf, type ScopeLine, type ScopeLines } from '../accounts/scopes.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const fields = (description: string) => Type.Array(Type.String(), { description })
const Permission = Type.Object({ is_enabled: Type.Boolean() })

const Scopes = Type.Object({
  common_models: Type.Array(Type.Object({
    model_name: Type.String({ examples: ['Ticket'] }),
    model_permissions: Type.Object({ READ: Permission, WRITE: Permission }),
    field_permissions: Type.Object({ enabled_fields: fields('The fields that are kept.'), disabled_fields: fields('The fields that are dropped before anything is stored.') }),
  })),
}, { $id: 'CommonModelScopes' })

const Names = Type.Optional(orNull(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200 })))
const Wanted = Type.Optional(orNull(Type.Object({ is_enabled: Type.Optional(orNull(Type.Boolean())) }, { additionalProperties: false })))
const Change = Type.Object({
  common_models: Type.Array(Type.Object({
    model_name: Type.String({ maxLength: 100 }),
    model_permissions: Type.Optional(orNull(Type.Object({ READ: Wanted, WRITE: Wanted }, { additionalProperties: false }))),
    field_permissions: Type.Optional(orNull(Type.Object({ enabled_fields: Names, disabled_fields: Names }, { additionalProperties: false }))),
  }, { additionalProperties: false }), { maxItems: 100 }),
}, { additionalProperties: false })

const modelsOf = (category: Category): CommonModel[] => Object.values(models as Record<string, CommonModel>).filter((model) => model.category === category)

const shown = (category: Category, lines: ScopeLines) => ({
  common_models: modelsOf(category).map((model) => {
    const { reads, writes, disabled } = scopeOf(lines, model.id)
    return {
      model_name: model.name,
      model_permissions: { READ: { is_enabled: reads }, WRITE: { is_enabled: writes } },
      field_permissions: { enabled_fields: fieldsOf(model).filter((field) => !disabled.has(field)), disabled_fields: fieldsOf(model).filter((field) => disabled.has(field)) },
    }
  }),
})

/** The lines of a request, each name in them checked. */
function linesIn(category: Category, { common_models: given }: Static<typeof Change>): ScopeLine[] {
  const seen = new Set<string>()
  return given.map(({ model_name: name, model_permissions: permissions, field_permissions: named }, at) => {
    const pointer = `/common_models/${at}`
    const model = modelsOf(category).find((candidate) => candidate.name === name)
    if (model === undefined) throw new Fault('request.invalid', { detail: `There is no model "${name}" in ${category}.`, pointer: `${pointer}/model_name` })
    if (seen.has(name)) throw new Fault('request.invalid', { detail: `The model "${name}" is named twice.`, pointer: `${pointer}/model_name` })
    seen.add(name)
    const checked = (list: 'enabled_fields' | 'disabled_fields'): string[] => [...new Set(named?.[list] ?? [])].map((field) => {
      if (!fieldsOf(model).includes(field)) throw new Fault('request.invalid', { detail: `${name} has no field "${field}".`, pointer: `${pointer}/field_permissions/${list}` })
      return field
    })
    const [enabledFields, disabledFields] = [checked('enabled_fields'), checked('disabled_fields')]
    const both = enabledFields.find((field) => disabledFields.includes(field))
    if (both !== undefined) throw new Fault('request.invalid', { detail: `The field "${both}" is both enabled and disabled.`, pointer: `${pointer}/field_permissions` })
    return { model: model.id, reads: permissions?.READ?.is_enabled ?? null, writes: permissions?.WRITE?.is_enabled ?? null, enabledFields, disabledFields }
  })
}

export interface ScopeRouteDeps { readonly database: Database; readonly scheduler: Scheduler }

/** What is kept of each model: the organisation's default, and what one account says beside it. */
export const scopeRoutes = ({ database, scheduler }: ScopeRouteDeps): FastifyPluginAsyncTypebox => async (app) => {
  const rule = 'What is switched off is dropped before it is stored: it is in no record, no original, no change and no log. What had been kept is erased by a complete read that begins at once.'
  for (const category of new Set(Object.values(models).map((model) => model.category))) {
    const prefix = `/api/${category}/v1`

    app.get(`${prefix}/default-scopes`, {
      config: { scope: 'accounts:read' },
      schema: { tags: [category], summary: 'What is kept where an account says nothing else', response: { 200: Scopes } },
    }, async ({ caller }) => shown(category, await readScopes(database, caller!.organizationId, null)))

    app.post(`${prefix}/default-scopes`, {
      config: { scope: 'accounts:write' },
      schema: { tags: [category], summary: 'Say what is kept where an account says nothing else', description: `Replaces the default; models that are not named are kept whole. ${rule}`, body: Change, response: { 200: Scopes } },
    }, async (request) => {
      const { organizationId } = request.caller!
      await changeDefaultScopes(database, organizationId, { category, lines: linesIn(category, request.body), actor: actorOf(request) })
      await scheduler.wakeAdoption(organizationId)
      return shown(category, await readScopes(database, organizationId, null))
    })

    app.get(`${prefix}/linked-account-scopes`, {
      config: { scope: 'accounts:read', account: 'required' },
      schema: { tags: [category], summary: 'What is kept of the account of the token', response: { 200: Scopes } },
    }, async ({ account }) => shown(category, await readScopes(database, account!.organizationId, account!.id)))

    app.post(`${prefix}/linked-account-scopes`, {
      config: { scope: 'accounts:write', account: 'required' },
      schema: { tags: [category], summary: 'Say what is kept of the account of the token', description: `Models and fields that are not named are as the default has them. ${rule}`, body: Change, response: { 200: Scopes } },
    }, async (request) => {
      const { id, organizationId } = request.account!
      await changeAccountScopes(database, { organizationId, linkedAccountId: id }, { category, lines: linesIn(category, request.body), actor: actorOf(request) })
      await scheduler.wake()
      return shown(category, await readScopes(database, organizationId, id))
    })
  }
}
