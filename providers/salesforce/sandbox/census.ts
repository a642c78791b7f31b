/** Which of the service department's records a reader must find, and what changes and goes there. */
import { living, touch, type Stored, type World } from './world.ts'

const records = (world: World, object: string): Stored[] => living(world.tables.get(object))
const ids = (list: readonly Stored[]): string[] => list.map(({ Id }) => Id)
const startsWith = (prefix: string) => (value: unknown): boolean => String(value).startsWith(prefix)
const isCase = startsWith('500')
/** The second and the last, so that a change is on more pages than one. */
export const twoOf = (list: readonly Stored[]): Stored[] => [list[1]!, list.at(-1)!]

const found = (world: World) => ({
  messages: records(world, 'EmailMessage').filter(({ ParentId, Status }) => ParentId !== null && Status !== '5'), comments: records(world, 'CaseComment'), posts: records(world, 'CaseFeed').filter(({ Type }) => Type === 'TextPost'),
  links: records(world, 'ContentDocumentLink').filter(({ LinkedEntityId }) => isCase(LinkedEntityId)), attachments: records(world, 'Attachment').filter(({ ParentId }) => isCase(ParentId)),
  teams: records(world, 'Group').filter(({ Type }) => Type !== 'Role'), queues: records(world, 'QueueSobject').filter(({ SobjectType }) => SobjectType === 'Case'), topics: records(world, 'Topic'),
})

function viewers(world: World): string[] {
  const { teams, queues } = found(world)
  const shown = (who: unknown): boolean => startsWith('005')(who) || teams.some(({ Id }) => Id === who)
  return [...ids(records(world, 'CaseShare').filter(({ UserOrGroupId }) => shown(UserOrGroupId))), ...ids(records(world, 'GroupMember').filter(({ GroupId }) => queues.some(({ QueueId }) => QueueId === GroupId)))]
}

export function serviceCounts(world: World): Record<string, number> {
  const { messages, comments, posts, links, attachments, teams, queues, topics } = found(world)
  return {
    'ticketing.Ticket': records(world, 'Case').length, 'ticketing.Comment': messages.length + comments.length + posts.length, 'ticketing.Attachment': links.length + attachments.length, 'ticketing.Team': teams.length, 'ticketing.Collection': queues.length,
    'ticketing.Tag': topics.length, 'ticketing.Viewer': viewers(world).length, 'ticketing.Role': records(world, 'PermissionSet').filter(({ IsOwnedByProfile }) => IsOwnedByProfile).length,
  }
}

export function changeService(world: World, at: Date): Record<string, string[]> {
  const { messages, comments, posts, links, attachments, teams, topics } = found(world)
  const said = [messages, comments, posts].flatMap(twoOf)
  const [cases, files, old, groups, words] = [twoOf(records(world, 'Case')), twoOf(links), twoOf(attachments), twoOf(teams), twoOf(topics)]
  const versions = records(world, 'ContentVersion').filter(({ IsLatest, ContentDocumentId }) => IsLatest === true && files.some((link) => link['ContentDocumentId'] === ContentDocumentId))
  for (const record of [...cases, ...said, ...versions, ...old, ...groups, ...words]) touch(record, {}, at)
  return { 'ticketing.Ticket': ids(cases), 'ticketing.Comment': ids(said), 'ticketing.Attachment': ids([...files, ...old]), 'ticketing.Team': ids(groups), 'ticketing.Tag': ids(words) }
}

/** Groups, topics and shares have no bin: they are gone at once. */
function erase(world: World, object: string, { Id }: Stored): string[] {
  const table = world.tables.get(object)!.records
  table.splice(table.findIndex((record) => record.Id === Id), 1)
  return [Id]
}

export function removeService(world: World, at: Date): Record<string, string[]> {
  const { messages, comments, posts, attachments, teams, topics } = found(world)
  const [seen] = viewers(world)
  const binned = [records(world, 'Case')[4]!, messages[0]!, comments[0]!, posts[0]!, attachments[0]!]
  for (const record of binned) touch(record, { IsDeleted: true }, at)
  const [ticket, message, comment, post, attachment] = ids(binned)
  return {
    'ticketing.Ticket': [ticket!], 'ticketing.Comment': [message!, comment!, post!], 'ticketing.Attachment': [attachment!],
    'ticketing.Team': erase(world, 'Group', teams.at(-1)!), 'ticketing.Tag': erase(world, 'Topic', topics[0]!), 'ticketing.Viewer': erase(world, 'CaseShare', records(world, 'CaseShare').find(({ Id }) => Id === seen)!),
  }
}
