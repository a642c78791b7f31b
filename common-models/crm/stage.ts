import { commonModel, text } from '../model.ts'

export const Stage = commonModel('crm', 'Stage', {
  path: 'stages',
  doc: 'A step that deals go through.',
  hasRemoteFields: true,
  fields: {
    name: text('The name of the step.'),
  },
})
