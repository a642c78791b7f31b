/** Atlassian Document Format, in which Jira keeps rich text, as Markdown and back. https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */

import { epoch } from '#kit'

export interface AdfNode {
  readonly type?: string
  readonly text?: string
  readonly attrs?: Readonly<Record<string, unknown>>
  readonly marks?: readonly { readonly type?: string; readonly attrs?: Readonly<Record<string, unknown>> }[]
  readonly content?: readonly AdfNode[]
}

const around: Readonly<Record<string, string>> = { strong: '**', em: '_', code: '`', strike: '~~' }
const attr = (node: AdfNode, name: string): string => { const value = node.attrs?.[name]; return typeof value === 'string' || typeof value === 'number' ? String(value) : '' }
const indented = (text: string, by: string): string => (text.includes('\n') ? text.split('\n').join(`\n${by}`) : text)

/** What is inside a node; what says nothing leaves no gap. Texts are most of what a ticket costs, and lists of strings were most of what texts did. */
function inner({ content = [] }: AdfNode, between = ''): string {
  let told = ''
  for (const node of content) {
    const text = markdown(node)
    if (text !== '') told = told === '' ? text : told + between + text
  }
  return told
}
const blocks = (node: AdfNode): string => inner(node, '\n\n')

function marked({ text = '', marks }: AdfNode): string {
  let told = text
  if (marks !== undefined) for (const { type = '', attrs } of marks) {
    const href = attrs?.['href']
    if (type === 'link' && typeof href === 'string') told = href === told ? told : `[${told}](${href})`
    else if (Object.hasOwn(around, type)) told = `${around[type]!}${told}${around[type]!}`
  }
  return told
}

const items = (node: AdfNode, bullet: (n: number) => string): string => (node.content ?? []).map((item, n) => { const mark = bullet(n); return mark + indented(inner(item, '\n'), ' '.repeat(mark.length)) }).join('\n')

const cellsOf = (row: AdfNode): string[] => (row.content ?? []).map((cell) => blocks(cell).replaceAll(/\n+/g, ' '))
const barred = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** What a node says. One that nobody has heard of says what is inside it. */
function markdown(node: AdfNode): string {
  switch (node.type) {
    case 'text': return marked(node)
    case 'hardBreak': return '\n'
    case 'mention': return attr(node, 'text') || `@${attr(node, 'id')}`
    case 'emoji': return attr(node, 'text') || attr(node, 'shortName')
    case 'status': return attr(node, 'text')
    case 'date': return epoch(attr(node, 'timestamp'), 'milliseconds')?.slice(0, 10) ?? ''
    case 'inlineCard': case 'blockCard': case 'embedCard': return attr(node, 'url')
    case 'media': case 'mediaInline': return attr(node, 'alt') === '' ? '' : `[${attr(node, 'alt')}]`
    case 'paragraph': return inner(node)
    case 'heading': return `${'#'.repeat(Math.min(6, Math.max(1, Number(attr(node, 'level')) || 1)))} ${inner(node)}`
    case 'bulletList': return items(node, () => '- ')
    case 'orderedList': return items(node, (n) => `${n + 1}. `)
    case 'taskList': case 'decisionList': return (node.content ?? []).map((item) => `- ${item.attrs?.['state'] === 'DONE' ? '[x]' : '[ ]'} ${inner(item)}`).join('\n')
    case 'codeBlock': return `\`\`\`${attr(node, 'language')}\n${inner(node)}\n\`\`\``
    case 'blockquote': return `> ${indented(blocks(node), '> ')}`
    case 'rule': return '---'
    case 'table': return (node.content ?? []).flatMap((row, n) => { const cells = cellsOf(row); return n === 0 ? [barred(cells), barred(cells.map(() => '---'))] : [barred(cells)] }).join('\n')
    case 'expand': case 'nestedExpand': return [attr(node, 'title'), blocks(node)].filter((text) => text !== '').join('\n\n')
    default: return blocks(node)
  }
}

/** The document as Markdown; null where there is none, or where it is empty. Text that is no document is itself. */
export function textOf(document: unknown): string | null {
  const text = typeof document === 'string' ? document : typeof document === 'object' && document !== null ? markdown(document) : ''
  return text.trim() === '' ? null : text
}

/** Plain text as a document: a paragraph for each block of lines. */
export const documentOf = (text: string): AdfNode & { readonly version: 1 } => ({
  type: 'doc', version: 1,
  content: text.split(/(?:\r?\n){2,}/).map((block) => ({
    type: 'paragraph',
    content: block.split(/\r?\n/).flatMap((line, n): AdfNode[] => [...(n > 0 ? [{ type: 'hardBreak' }] : []), ...(line === '' ? [] : [{ type: 'text', text: line }])]),
  })),
})
