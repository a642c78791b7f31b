/** The log page's HTML. Reads nothing, decides nothing but how it looks. */
import { catalogue } from '../errors.ts'
import type { Remedy } from '../errors.ts'
import { html } from '../http/html.ts'
import type { Html } from '../http/html.ts'
import { statusClasses } from './query.ts'
import type { LogPage, LogRow, WholeLog } from './query.ts'

export type Choice = { readonly value: string; readonly label: string }
/** What the filter form holds, as it was typed. */
export type FormValues = Readonly<Record<'organization' | 'account' | 'model' | 'status' | 'method' | 'path' | 'after' | 'before' | 'run', string>>
export interface ListView {
  readonly values: FormValues
  readonly organizations: readonly Choice[]
  readonly accounts: readonly Choice[]
  readonly models: readonly string[]
  readonly page: LogPage
  /** The address of the next, older page. */
  readonly older: string | null
}

const WHAT_NOW: Readonly<Record<Remedy, string>> = {
  fail: 'It is not tried again by itself: somebody has to change something first.',
  retry: 'It is tried again by itself, later and later; nothing is lost meanwhile.',
  wait: 'It goes on by itself as soon as the vendor\'s pause is over.',
  relink: 'The end customer has to connect the account again. What was read so far stays.',
  restart: 'The read starts over from the beginning by itself; what was read so far stays.',
  skip: 'Only this record is left out; the rest goes on.',
}
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

const page = (title: string, body: Html): string => html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="stylesheet" href="/logs/style.css"></head>
<body><header><h1><a href="/logs">Upstream requests</a></h1></header><main>${body}</main></body>
</html>
`.text

const select = (label: string, name: string, chosen: string, all: string, choices: readonly Choice[]): Html => html`<label>${label}<select name="${name}"><option value="">${all}</option>${
  choices.map(({ value, label: text }) => (value === chosen ? html`<option value="${value}" selected>${text}</option>` : html`<option value="${value}">${text}</option>`))}</select></label>`
const input = (label: string, name: string, value: string, type: string, hint = ''): Html => html`<label>${label}<input name="${name}" type="${type}" value="${value}" placeholder="${hint}"></label>`
const plain = (words: readonly string[]): Choice[] => words.map((value) => ({ value, label: value === 'none' ? 'no answer' : value }))

const tone = ({ status, code }: Pick<LogRow, 'status' | 'code'>): string => (code !== null || status === null || status >= 400 ? (code === 'upstream.rate_limited' ? 'warn' : 'bad') : 'good')
const bytes = (n: number): string => (n < 1000 ? `${n} B` : n < 1_000_000 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1_000_000).toFixed(1)} MB`)
const clock = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 23)}`

function row(log: LogRow, names: ReadonlyMap<string, string>): Html {
  return html`<tr>
<td class="time">${clock(log.started_at)}</td>
<td class="address mono"><a href="/logs/${log.id}">${log.method} ${log.path}${log.query === '' ? '' : html`<span class="less">?${log.query}</span>`}</a> <span class="host">${log.host}</span></td>
<td class="status ${tone(log)}">${log.status ?? 'no answer'}</td>
<td class="mono ${tone(log)}">${log.code}</td>
<td class="number">${log.attempt > 1 && html`<span class="less">try ${log.attempt} · </span>`}${log.duration_ms} ms</td>
<td class="number">${bytes(log.response_bytes)}</td>
<td>${log.model ?? ''}</td>
<td>${names.get(log.linked_account_id) ?? html`<span class="mono less">${log.linked_account_id.slice(0, 8)}</span>`}</td>
</tr>`
}

/** The list with its filters. */
export function listView({ values, organizations, accounts, models, page: { rows, searchedAfter }, older }: ListView): string {
  const names = new Map(accounts.map(({ value, label }) => [value, label]))
  return page('Upstream requests', html`<form method="get" action="/logs">
${select('Organisation', 'organization', values.organization, 'all', organizations)}
${select('Linked account', 'account', values.account, 'all', accounts)}
${select('Model', 'model', values.model, 'all', plain(models))}
${select('Status', 'status', values.status, 'all', plain(statusClasses))}
${select('Method', 'method', values.method, 'all', plain(METHODS))}
${input('Path', 'path', values.path, 'text', '/begins with, or contains')}
${input('From (UTC)', 'after', values.after, 'datetime-local')}
${input('To (UTC)', 'before', values.before, 'datetime-local')}
${input('Sync run', 'run', values.run, 'text', 'id')}
<div class="buttons"><button>Show</button><a href="/logs">Clear</a></div>
</form>
${searchedAfter !== null && html`<p class="note">A search by path looks at the last 7 days, from ${clock(searchedAfter)}. Give a beginning to look further back.</p>`}
${rows.length === 0 ? html`<p class="note">No request matches.</p>` : html`<table>
<thead><tr><th>Time (UTC)</th><th>Request</th><th>Status</th><th>Fault</th><th class="number">Took</th><th class="number">Answer</th><th>Model</th><th>Account</th></tr></thead>
<tbody>${rows.map((log) => row(log, names))}</tbody></table>`}
${older !== null && html`<p><a href="${older}" rel="next">Older requests</a></p>`}`)
}

const exact = (_key: string, value: unknown, context: { readonly source?: string }): unknown =>
  (typeof value === 'number' && context.source !== undefined ? (JSON as unknown as { rawJSON: (source: string) => unknown }).rawJSON(context.source) : value)

/** Indented where it is JSON, with every digit of its numbers as it was sent; otherwise as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text, exact as (key: string, value: unknown) => unknown), null, 2)
  } catch {
    return text
  }
}

const facts = (entries: readonly (readonly [string, Html | string | number | null])[]): Html => html`<dl>${entries.filter(([, value]) => value !== null && value !== '').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
const side = (title: string, headers: Readonly<Record<string, string>>, body: string | null): Html => html`<section><h2>${title}</h2>${facts(Object.entries(headers).map(([name, value]) => [name, html`<span class="mono">${value}</span>`]))}
${body === null ? html`<p class="note">No body.</p>` : html`<pre>${pretty(body)}</pre>`}</section>`

function verdict({ code, status }: WholeLog): Html {
  if (code === null) return status === null ? html`<div class="verdict"><p><strong>We stopped waiting</strong> before an answer came, because the work was ended here.</p></div>` : html`<div class="verdict fine"><p>The answer was taken as it came.</p></div>`
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code as keyof typeof catalogue] : null
  return html`<div class="verdict"><p><strong>${entry?.title ?? code}</strong></p><p class="mono">${code}</p>${entry !== null && html`<p>What to do: ${WHAT_NOW[entry.remedy]}</p>`}</div>`
}

/** One request whole. */
export function oneView(log: WholeLog, account: string | null): string {
  const address = `${log.method} ${log.path}`
  return page(address, html`<p class="mono">${log.method} ${log.host}${log.path}${log.query === '' ? '' : `?${log.query}`}</p>
<p class="status ${tone(log)}">${log.status ?? 'No answer'}</p>
${verdict(log)}
${facts([
    ['Time (UTC)', clock(log.started_at)], ['Took', `${log.duration_ms} ms`], ['First byte after', log.first_byte_ms === null ? null : `${log.first_byte_ms} ms`], ['Attempt', log.attempt],
    ['Sent', bytes(log.request_bytes)], ['Received', bytes(log.response_bytes)],
    ['Account', html`<a href="/logs?account=${log.linked_account_id}">${account ?? log.linked_account_id}</a>`], ['Integration', log.integration], ['Model', log.model],
    ['Sync run', log.run_id === null ? null : html`<a class="mono" href="/logs?account=${log.linked_account_id}&amp;run=${log.run_id}">${log.run_id}</a>`],
    ['Our request', log.request_id], ['Trace', html`<span class="mono">${log.trace_id}</span>`], ['Log', html`<span class="mono">${log.id}</span>`],
  ])}
<div class="sides">${side('Request', log.request_headers, log.request_body)}${side('Answer', log.response_headers, log.response_body)}</div>`)
}

/** Something that cannot be shown, and why. */
export const noticeView = (title: string, detail: string): string => page(title, html`<div class="verdict"><p><strong>${title}</strong></p><p>${detail}</p></div>`)
