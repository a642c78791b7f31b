import { commonModel, oneOf, text } from '../model.ts'

export const EngagementType = commonModel('crm', 'EngagementType', {
  path: 'engagement-types',
  doc: 'A kind of dealing with customers.',
  hasRemoteFields: true,
  fields: {
    activity_type: oneOf(['CALL', 'MEETING', 'EMAIL'], 'Whether it is a call, a meeting or a message.'),
    name: text('The vendor\'s name for it.'),
  },
})
