import { expect, it } from 'vitest'
import { openScript, type ScriptProcess } from './scriptChannel'
import type { ShellProcess } from './shellProcess'

it('knows whom to end before it is given away: it may be closed at once', async () => {
  let say = (_text: string): void => {}
  const process = {
    closed: new Promise<number | null>(() => {}),
    complaint: () => '',
    write: () => {},
    end: () => {},
    onOutput: (listener: (bytes: Uint8Array) => void) => (say = text => listener(Buffer.from(text))),
    pause: () => {},
    resume: () => {},
    kill: () => {},
  } satisfies ShellProcess
  const ended: ScriptProcess[] = []
  let isOpen = false
  const options = {
    label: 'pc2',
    nonce: 'n',
    timeoutMs: 10_000,
    endGroup: (script: ScriptProcess) => void ended.push(script),
  }
  async function openAndClose(): Promise<void> {
    const channel = await openScript(process, 'sleep 60', [], options)
    isOpen = true
    channel.close()
  }
  const opening = openAndClose()
  // Two packets, as sshd sends what the shell writes in two goes.
  say('\nn ready\n')
  await new Promise(resolve => setImmediate(resolve))
  expect(isOpen).toBe(false)
  say('42 42 (sh) S 1 42 42 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0\n')
  await opening
  expect(ended).toEqual([{ pid: '42', startTicks: '777' }])
})
