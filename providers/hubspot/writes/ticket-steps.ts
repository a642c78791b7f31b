/** What a ticket takes in steps of its own, once it is there. */
import { str, type Ask, type LookedUp, type WriteContext } from '#kit'
import { stateOf } from '../pipelines.ts'
import type { Property, Stage } from '../vendor.ts'
import { create, update } from './objects.ts'

const listIn = (body: unknown, name: string): readonly unknown[] => { const list = (body as Readonly<Record<string, unknown>> | null)?.[name]; return Array.isArray(list) ? (list as unknown[]).filter((one) => one !== null) : [] }

/** By the name of the stage, or the first that is open, or closed. One that the ticket is in already is left alone. */
const stageFor = (status: string, stages: readonly Stage[], now: string | null): Stage | 'already' | null => {
  const fits = (stage: Stage): boolean => stage.archived !== true && (stage.label === status || stateOf(stage) === status)
  if (stages.some((stage) => stage.id === now && fits(stage))) return 'already'
  return stages.find((stage) => stage.archived !== true && stage.label === status) ?? stages.find(fits) ?? null
}

/** Stages are those of the pipeline that the ticket is in. https://developers.hubspot.com/docs/api-reference/legacy/crm/pipelines/guide */
export const moved = (status: string | null | undefined, { remoteId }: WriteContext): LookedUp[] => (typeof status !== 'string' ? [] : [{
  look: { path: `/crm/v3/objects/tickets/${encodeURIComponent(remoteId)}`, query: { properties: 'hs_pipeline,hs_pipeline_stage' } },
  step(found) {
    const { hs_pipeline, hs_pipeline_stage } = (found as { properties?: Readonly<Record<string, unknown>> | null } | null)?.properties ?? {}
    const pipeline = str(hs_pipeline)
    return pipeline === null ? null : {
      look: { path: `/crm/v3/pipelines/tickets/${encodeURIComponent(pipeline)}` },
      step(body) {
        const stage = stageFor(status, listIn(body, 'stages') as readonly Stage[], str(hs_pipeline_stage))
        return stage === null || stage === 'already' ? stage : update('tickets', remoteId, { hs_pipeline_stage: stage.id })
      },
    }
  },
}])

/** Tags are told by their names, and written by their values: one that the end customer does not have is refused. */
export const labelled = (tags: readonly string[] | null | undefined, { remoteId }: WriteContext): LookedUp[] => ((tags ?? []).length === 0 ? [] : [{
  look: { path: '/crm/v3/properties/tickets/hs_ticket_category' },
  step(body) {
    const values = new Map((listIn(body, 'options') as NonNullable<Property['options']>).map(({ label, value }) => [label, value]))
    return tags!.every((tag) => values.has(tag)) ? update('tickets', remoteId, { hs_ticket_category: tags!.map((tag) => values.get(tag)!) }) : null
  },
}])

/** Files that lie on something else are put on the ticket with a note of their own. https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide */
export const withFiles = (attachments: readonly string[] | undefined, { remoteId, at }: WriteContext): Ask[] =>
  ((attachments ?? []).length === 0 ? [] : [create('notes', { hs_attachment_ids: attachments!.map((one) => one.slice(one.lastIndexOf(':') + 1)), hs_timestamp: at.toISOString() }, { tickets: remoteId })])
