import { commonModel, text } from '../model.ts'

export const Tag = commonModel('ticketing', 'Tag', {
  path: 'tags',
  publicName: 'TicketingTag',
  doc: 'A label or a category that tickets are filed under.',
  fields: { name: text('The word on the label.') },
})
