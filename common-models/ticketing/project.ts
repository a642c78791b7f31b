import { commonModel, text } from '../model.ts'

export const Project = commonModel('ticketing', 'Project', {
  path: 'projects',
  doc: 'A project that holds tickets. Collections say the same and more.',
  fields: {
    name: text('The name of the project.'),
    description: text('What it is for.'),
  },
})
