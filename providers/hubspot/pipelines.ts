import type { Lookup } from '#kit'
import { inOneAnswer } from './lists.ts'
import type { Pipeline, PipelinePage, Stage } from './vendor.ts'

const pathOf = (object: string): string => `/crm/v3/pipelines/${object}`

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/pipelines/guide */
export const pipelineList = (object: string) => ({
  path: pathOf(object),
  items: (page: PipelinePage): readonly Pipeline[] => page.results,
  ...inOneAnswer,
})

/** The stages of all pipelines: records name theirs by id. */
export const stagesOf = (object: string): Lookup<Stage> => ({
  ask: () => ({ path: pathOf(object) }),
  entries: (body) => (body as PipelinePage).results.flatMap(({ stages }) => stages.map((stage) => [stage.id, stage] as const)),
  withheld: 'is_empty',
})

/** Whether a stage of tickets is `OPEN` or `CLOSED`. Only some pipelines say it in a word. */
export const stateOf = ({ metadata }: Stage): string | null => metadata?.['ticketState'] ?? (metadata?.['isClosed'] === 'true' ? 'CLOSED' : metadata?.['isClosed'] === 'false' ? 'OPEN' : null)
