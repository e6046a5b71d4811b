import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readProcess, signalProcess } from '../../../e2e/rig/processes'
import { openLocalSession } from './localShell'
import type { NodeSession } from './nodeSession'

const LIBRARY = `
drydock_echo() { printf '%s' "$@"; }
drydock_count() { printf '%s' "$#"; }
drydock_fail() { echo "no space left"; return 3; }
drydock_mixed() { echo out; echo err >&2; }
drydock_stdin() { cat; }
drydock_leave() { cd /; exit 7; }
drydock_where() { pwd; }
drydock_linger() { sleep 30 & echo "$!"; }
drydock_noisy() { (until [ -e "$1.go" ]; do sleep 0.01; done; echo late; : >"$1.said") & }
drydock_slow() { sleep 0.2; echo "slow $1"; }
drydock_big() { head -c "$1" /dev/zero | tr '\\0' x; }
drydock_die() { kill -9 "$$"; }
drydock_environment() { env; }
`

const SHELLS = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['bash as sh', ['bash', '--posix']],
  ['BusyBox ash', ['busybox', 'ash']],
] as const

const isMissing = (command: string): boolean => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
}

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'drydock-control-'))
})
afterAll(async () => {
  await rm(home, { recursive: true })
})

for (const [name, sh] of SHELLS) {
  describe.skipIf(isMissing(sh[0]))(`the control shell in ${name}`, () => {
    let session: NodeSession
    beforeEach(async () => {
      session = await openLocalSession({
        label: 'this-pc',
        stateDir: '~/state',
        library: LIBRARY,
        handshakeTimeoutMs: 5000,
        environment: { PATH: process.env['PATH'], HOME: home, DRYDOCK_TOKEN: 'secret' },
        sh: [...sh],
      })
    })
    afterEach(async () => {
      await session[Symbol.asyncDispose]()
    })

    it('gives arguments to a function byte for byte, whatever they hold', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.string({ unit: 'binary', maxLength: 40 }).map(text => text.replaceAll('\0', '')),
            {
              maxLength: 4,
            },
          ),
          async args => {
            expect(await session.shell.call('drydock_count', args)).toBe(String(args.length))
            expect(await session.shell.call('drydock_echo', args)).toBe(args.join(''))
          },
        ),
        { numRuns: 300 },
      )
    })

    it('does not stumble over what shells treat as special', async () => {
      const hostile = [
        `'; exit 9; '`,
        '$(reboot)',
        '`reboot`',
        '\\',
        '\n\n',
        '-n',
        '-e \\c',
        '%s%d',
        '\u0001\u007f\u0081',
        '!!',
        '~',
        '*',
        '',
        '\r\n',
        "it's",
      ]
      const printed: string[] = []
      for (const word of hostile) printed.push(await session.shell.call('drydock_echo', [word]))
      expect(printed).toEqual(hostile)
    })

    it('answers a thousand calls in the order in which they were made', async () => {
      const order: number[] = []
      const calls = Array.from({ length: 1000 }, async (_, index) => {
        const answer = await session.shell.call('drydock_echo', [`call ${index}`])
        order.push(index)
        return answer
      })
      expect(await Promise.all(calls)).toEqual(Array.from({ length: 1000 }, (_, index) => `call ${index}`))
      expect(order).toEqual(Array.from({ length: 1000 }, (_, index) => index))
    })

    it('turns a function that fails into an error that says what it printed', async () => {
      await expect(session.shell.call('drydock_fail', [])).rejects.toMatchObject({
        code: 'launch-failed',
        message: 'no space left',
      })
      await expect(session.shell.call('drydock_leave', [])).rejects.toMatchObject({
        message: 'drydock_leave failed (code 7).',
      })
      expect(await session.shell.call('drydock_echo', ['still there'])).toBe('still there')
    })

    it('keeps what a function does to its shell away from the next call', async () => {
      const before = await session.shell.call('drydock_where', [])
      await session.shell.call('drydock_leave', []).catch(() => {})
      expect(await session.shell.call('drydock_where', [])).toBe(before)
    })

    it('captures both streams and gives functions no input', async () => {
      expect(await session.shell.call('drydock_mixed', [])).toBe('out\nerr\n')
      expect(await session.shell.call('drydock_stdin', [])).toBe('')
    })

    it('answers while a background process of a function still holds its output', async () => {
      const pid = Number(await session.shell.call('drydock_linger', []))
      expect(await session.shell.call('drydock_echo', ['next'])).toBe('next')
      const left = readProcess(pid)
      await session[Symbol.asyncDispose]()
      expect(left !== null && signalProcess(left, 'SIGKILL')).toBe(true)
    })

    it('keeps late output of a background process out of the answers before and after it', async () => {
      const sign = join(home, `noisy ${name}`)
      expect(await session.shell.call('drydock_noisy', [sign])).toBe('')
      await writeFile(`${sign}.go`, '')
      // Nothing tells of the new file, so this looks for it.
      while (!existsSync(`${sign}.said`)) await nextTurn()
      expect(await session.shell.call('drydock_echo', ['clean'])).toBe('clean')
    })

    it('stays in step when a call is given up', async () => {
      const giveUp = new AbortController()
      const slow = session.shell.call('drydock_slow', ['1'], giveUp.signal)
      const next = session.shell.call('drydock_echo', ['next'])
      giveUp.abort(new Error('enough'))
      await expect(slow).rejects.toThrow('enough')
      expect(await next).toBe('next')
      await expect(session.shell.call('drydock_echo', ['never sent'], giveUp.signal)).rejects.toThrow(
        'enough',
      )
      expect(await session.shell.call('drydock_echo', ['after'])).toBe('after')
    })

    it('returns large answers whole and refuses endless ones', async () => {
      expect((await session.shell.call('drydock_big', ['3000000'])).length).toBe(3_000_000)
      await expect(session.shell.call('drydock_big', ['20000000'])).rejects.toMatchObject({
        message: 'drydock_big printed more than 16 MiB.',
      })
      expect(await session.shell.call('drydock_echo', ['after'])).toBe('after')
    })

    it('fails every waiting call when the shell dies, and tells of its death', async () => {
      const calls = [session.shell.call('drydock_die', []), session.shell.call('drydock_echo', ['x'])]
      const outcomes = await Promise.allSettled(calls)
      expect(outcomes.map(outcome => outcome.status === 'rejected' && outcome.reason.code)).toEqual([
        'unreachable',
        'unreachable',
      ])
      expect(await session.died).toMatchObject({
        message: 'The shell that Drydock keeps on this-pc was ended from outside.',
      })
      await expect(session.shell.call('drydock_echo', ['x'])).rejects.toMatchObject({ code: 'unreachable' })
    })

    it('knows the node: home, state folder and boot', async () => {
      const bootId = execFileSync('cat', ['/proc/sys/kernel/random/boot_id'], { encoding: 'utf8' }).trim()
      expect(session.facts).toEqual({ home, stateDir: join(home, 'state'), bootId })
      expect(session.inventory).toMatchObject({ kernel: expect.any(String), bootId })
    })

    it('gives the shell a short list of variables, and none of Drydock’s own', async () => {
      const names = (await session.shell.call('drydock_environment', []))
        .split('\n')
        .map(line => line.split('=')[0])
        .filter(name => !['_', 'PWD', 'OLDPWD', 'SHLVL', ''].includes(name ?? ''))
      expect(new Set(names)).toEqual(new Set(['HOME', 'LC_ALL', 'PATH', 'TZ']))
    })

    it('refuses names that are no functions of the library', async () => {
      await expect(session.shell.call('rm', [])).rejects.toMatchObject({ code: 'refused' })
      await expect(session.shell.call('drydock_x; rm', [])).rejects.toMatchObject({ code: 'refused' })
      await expect(session.shell.call('drydock_missing', [])).rejects.toMatchObject({ code: 'launch-failed' })
    })

    it('runs a script with its own input, from the first byte that is written', async () => {
      const script = 'printf "%s|" "$@"; while read -r line; do printf "<%s>" "$line"; done; exit 5'
      const channel = await session.shell.open(script, ["it's", 'two words'])
      channel.write('a\nb\n')
      const output = channel.output[Symbol.asyncIterator]()
      let text = ''
      while (!text.endsWith('<b>')) text += String(Buffer.from((await output.next()).value ?? ''))
      expect(text).toBe("it's|two words|<a><b>")
      channel.close()
      expect(await output.next()).toEqual({ done: true, value: undefined })
    })
  })
}
