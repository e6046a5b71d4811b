import type { Page } from '@playwright/test'

export interface DoorReply {
  readonly status: number
  readonly body: unknown
}

/**
 * Knocks at the engine's door from inside a page, as raw as a hostile page could, and returns the answer to `calls` in
 * order; `closed` when the door shuts the port instead.
 */
export async function knock(
  page: Page,
  messages: readonly unknown[],
): Promise<readonly DoorReply[] | 'closed'> {
  return page.evaluate(async raw => {
    const { port1, port2 } = new MessageChannel()
    const replies: { status: number; body: unknown }[] = []
    const expected = raw.filter(
      message => typeof message === 'string' && message.includes('"expect-reply'),
    ).length
    const done = new Promise<'closed' | 'answered'>(resolve => {
      port1.addEventListener('close', () => resolve('closed'))
      port1.addEventListener('message', ({ data }: MessageEvent<string>) => {
        const { p } = JSON.parse(data)
        replies.push({ status: p.s ?? 200, body: p.b?.json ?? p.b ?? null })
        if (replies.length === expected) resolve('answered')
      })
    })
    port1.start()
    window.postMessage('engine-port', window.location.origin, [port2])
    for (const message of raw) port1.postMessage(message)
    const end = await done
    port1.close()
    return end === 'closed' ? end : replies
  }, messages)
}

/** A call on the wire; its id asks `knock` to wait for the answer. */
export function call(path: string, input: unknown, id = `expect-reply-${path}`): string {
  return JSON.stringify({ i: id, p: { u: path, b: { json: input } } })
}
