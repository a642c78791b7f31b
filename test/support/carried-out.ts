import { writeRequest, type AnyWrite, type Ask, type LookedUp, type UpstreamRequest, type UpstreamResponse, type WriteContext } from '#kit'

export interface Done {
  readonly remoteId: string
  /** Whether a step found that the vendor does not lead there: the caller would be told. */
  readonly told: boolean
  readonly answer: UpstreamResponse
  readonly asked: readonly UpstreamRequest[]
}

/** A write with all that follows, step by step, as whatever carries writes out does it. */
export async function carriedOut(write: AnyWrite, input: Readonly<Record<string, unknown>>, send: (request: UpstreamRequest) => Promise<UpstreamResponse>, given: Partial<WriteContext> = {}): Promise<Done> {
  const context: WriteContext = { setup: {}, remoteId: '', remoteFields: {}, at: new Date('2026-03-04T05:06:07Z'), ...given }
  const asked: UpstreamRequest[] = []
  const sent = (ask: Ask, method: UpstreamRequest['method']): Promise<UpstreamResponse> => { const request = { ...ask, method: ask.method ?? method }; asked.push(request); return send(request) }
  const answer = await sent(writeRequest(write, input, context, 'key-1'), 'POST')
  const remoteId = write.remoteId(answer) ?? context.remoteId
  let told = false
  for (const step of write.followed?.(input, { ...context, remoteId, answered: answer.body }) ?? []) {
    let ask: Ask | LookedUp | 'already' | null = step
    while (ask !== null && typeof ask === 'object' && 'look' in ask) ask = ask.step((await sent(ask.look, 'GET')).body)
    if (ask === null) told = true
    else if (ask !== 'already') await sent(ask, 'POST')
  }
  return { remoteId, told, answer, asked }
}
