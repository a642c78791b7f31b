import { prose, str, type Resource } from '#kit'
import { Stage as StageModel } from '#models/crm/stage'
import type { RecordOf } from '#models'
import { pipelineList } from '../pipelines.ts'
import type { Pipeline, PipelinePage, Stage } from '../vendor.ts'

type Row = Stage & { readonly pipeline: Pick<Pipeline, 'id' | 'label'> }

/** A stage belongs to one pipeline, and its id to no other. */
export const stage: Resource<RecordOf<typeof StageModel>, Row, PipelinePage, Pipeline> = {
  model: StageModel,
  version: 1,
  read: { ...pipelineList('deals'), rows: { kind: 'within', rows: ({ id, label, stages }) => stages.map((one) => ({ ...one, pipeline: { id, label } })) } },
  identity: { remoteId: (row) => str(row.id) },
  fields: { name: (row) => prose(row.label) },
  remoteFields: ({ pipeline, metadata }) => [
    { key: 'pipeline', name: 'Pipeline', value: pipeline?.label ?? null },
    { key: 'probability', name: 'Probability', value: metadata?.['probability'] ?? null },
  ],
}
