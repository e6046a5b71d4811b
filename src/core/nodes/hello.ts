import { AppError } from '../kernel/appError'
import type { ShellProcess } from './shellProcess'

const GARBAGE_KEPT_BYTES = 2048

/**
 * The first words of every `sh -s`: a line that only a POSIX shell answers with `<nonce> ready`. What a start-up
 * file prints before it is skipped, and a program that merely echoes its input is not taken for a shell.
 */
export function helloCommand(nonce: string): string {
  return `printf '\\n%s %s\\n' ${nonce} "\${PPID:+ready}"`
}

export interface HelloOptions {
  readonly nonce: string
  /** The node's name, for the error. */
  readonly label: string
  readonly timeoutMs: number
}

interface Hello {
  /** What came after the hello in the same piece. */
  readonly rest: Uint8Array
  /** What the login printed before it, trimmed; empty for a clean login. */
  readonly garbage: string
}

/** Finds the answer to the hello in a stream that may begin with anything. */
export function createHelloFinder(nonce: string): {
  push(bytes: Uint8Array): Hello | null
  garbage(): string
} {
  const mark = Buffer.from(`\n${nonce} ready\n`)
  let seen = Buffer.alloc(0)
  let dropped = ''

  const garbage = (until: number): string => (dropped + seen.toString('utf8', 0, until)).trim()

  return {
    garbage: () => garbage(seen.length),
    push(bytes) {
      seen = Buffer.concat([seen, bytes])
      const at = seen.indexOf(mark)
      if (at >= 0) return { rest: seen.subarray(at + mark.length), garbage: garbage(at) }
      if (seen.length > GARBAGE_KEPT_BYTES + mark.length) {
        if (dropped === '') dropped = `${seen.toString('utf8', 0, GARBAGE_KEPT_BYTES)} … `
        seen = seen.subarray(-mark.length)
      }
      return null
    },
  }
}

/**
 * Waits for the answer to the hello; later output goes to `onBytes`, beginning with what came along with it.
 * Errors: `blocked`, with what was printed instead, when the process ends or says nothing for `timeoutMs`.
 */
export async function awaitHello(
  process: ShellProcess,
  options: HelloOptions,
  onBytes: (bytes: Uint8Array) => void,
): Promise<{ readonly garbage: string }> {
  const finder = createHelloFinder(options.nonce)
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise((resolve, reject) => {
      let found = false
      process.onOutput(bytes => {
        if (found) return onBytes(bytes)
        const hello = finder.push(bytes)
        if (hello === null) return
        found = true
        resolve({ garbage: hello.garbage })
        if (hello.rest.length > 0) onBytes(hello.rest)
      })
      const fail = (end: string): void => {
        if (!found) reject(noShell(options.label, end, finder.garbage() || process.complaint().trim()))
      }
      void process.closed.then(code => fail(code === null ? 'was cut off' : `ended with code ${code}`))
      timer = setTimeout(() => fail(`did not answer in ${options.timeoutMs / 1000} s`), options.timeoutMs)
    })
  } finally {
    clearTimeout(timer)
  }
}

/** No `sh` came up behind the login: a start-up file is the usual cause. */
function noShell(label: string, end: string, printed: string): AppError {
  const said = printed === '' ? '' : ` It printed: ${lastLines(printed)}`
  return new AppError(
    end.startsWith('ended') ? 'blocked' : 'unreachable',
    `The login on ${label} gave no POSIX shell: it ${end}.${said}`,
    { hint: causeOf(printed)?.(label) ?? usualCause(label) },
  )
}

/** What servers, and shells that let nobody do much, say of themselves. */
const CAUSES: readonly (readonly [RegExp, (label: string) => string])[] = [
  [
    /sftp connections only/i,
    label =>
      `The SSH server on ${label} allows this user nothing but SFTP. Take ForceCommand internal-sftp out of ` +
      '/etc/ssh/sshd_config for this user, or give the node another user.',
  ],
  [
    /account is currently not available|nologin/i,
    label =>
      `This user may not log in on ${label}: its shell is nologin. Give it one there (sudo chsh -s /bin/sh and its ` +
      'name), or give the node another user.',
  ],
  [
    /: restricted|restricted: /i,
    label =>
      `The login shell of this user on ${label} is a restricted one (rbash), which may not start another. Give it ` +
      'a full one there (sudo chsh -s /bin/sh and its name), or give the node another user.',
  ],
]

function causeOf(printed: string): ((label: string) => string) | undefined {
  return CAUSES.find(([says]) => says.test(printed))?.[1]
}

function usualCause(label: string): string {
  return (
    `Look in ~/.bashrc (or ~/.zshrc, ~/.profile, ~/.config/fish/config.fish) on ${label} for exec, exit or a ` +
    'question, and let it do so only in interactive shells. Also check that the account may run commands ' +
    '(no nologin, no ForceCommand).'
  )
}

/** The reason usually comes last. */
function lastLines(text: string): string {
  const short = text.split('\n').slice(-3).join(' / ')
  return short.length > 200 ? `…${short.slice(-200)}` : short
}
