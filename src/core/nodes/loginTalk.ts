import type { AppError } from '../kernel/appError'
import type { Deadline } from '../kernel/deadline'
import { createLoginAnswers, plainText, type Ask, type LoginAnswers } from './loginAnswers'
import {
  accountClosed,
  answersRefused,
  authRefused,
  moreThanPassword,
  noPasswordTaken,
  passphraseWanted,
  passwordExpired,
  passwordRefused,
  tooManyTries,
  type LoginQuestion,
} from './loginErrors'
import { createLoginTries, type LoginTries, type LoginTry, type LoginWay } from './loginTries'
import { connectFailure, type LinkErrorDetails } from './sshErrors'
import type { Logins } from './sshLogins'
import type { SshTarget } from './sshTarget'

/** How one attempt may log in; with nothing, by keys. */
export interface LoginHow {
  /** Without it, a question of the server ends the attempt as `blocked`. */
  readonly ask?: Ask
  /** Instead of keys. Used for one try. */
  readonly password?: string
  /** Instead of all other keys: this file's. Absolute. */
  readonly onlyKey?: string
}

interface TalkDeps {
  readonly target: SshTarget
  readonly logins: Logins
  readonly how: LoginHow
  readonly deadline: Pick<Deadline, 'pause' | 'resume'>
  /** Ends the attempt. */
  readonly giveUp: (error: unknown) => void
}

/** What is said to one server to be let in, from the end of the key exchange to the end of the login. */
export function createLoginTalk({ target, logins, how, deadline, giveUp }: TalkDeps) {
  const tries = createLoginTries(logins, wayOf(how))
  const answers = createLoginAnswers({ target, ask: how.ask, password: how.password, deadline })
  const verdicts = createVerdicts({ target, logins, how, tries, answers })
  let wasSigned = false

  async function givingUp<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work()
    } catch (error) {
      giveUp(error)
      return null
    }
  }

  return {
    ...verdicts,
    /** See `LoginTries.next`; null when there is nothing left to try. */
    next(methodsLeft: readonly string[] | null, isPartialSuccess: boolean): LoginTry | null {
      const next = tries.next(methodsLeft, isPartialSuccess, wasSigned)
      wasSigned = false
      return next
    },
    /** The server takes the key that is offered; the agent signs. */
    signs: (): void => void (wasSigned = true),
    /** The server takes a key that nobody can use before its passphrase is known. */
    wantsLocked: (path: string): void => giveUp(passphraseWanted(target, path)),
    wantsNewPassword: (): void => giveUp(passwordExpired(target)),
    /** The server asks. `finish` gets as many answers as there are prompts. */
    async prompted(question: LoginQuestion, finish: (answers: string[]) => void): Promise<void> {
      await givingUp(async () => {
        // With the password a key can be installed, which lasts.
        const wantsKey =
          how.password === undefined && !tries.isPartial() && tries.methods().includes('publickey')
        if (wantsKey && answers.isPlainPassword(question)) throw verdicts.refusal()
        finish([...(await answers.to(question))])
      })
    },
    /** A second factor that is a password: Drydock's own question. Null when nobody answers. */
    async askPassword(): Promise<string | null> {
      const prompts = [{ text: `Password of ${target.user}@${target.host}`, isHidden: true }]
      const title = 'The key is taken, and the password is wanted too'
      return givingUp(async () => (await answers.to({ title, prompts }))[0] ?? '')
    },
  }
}

export type LoginTalk = ReturnType<typeof createLoginTalk>

function wayOf({ password, onlyKey }: LoginHow): LoginWay {
  if (password !== undefined) return 'password'
  return onlyKey === undefined ? 'keys' : 'only-key'
}

interface VerdictDeps extends Pick<TalkDeps, 'target' | 'logins' | 'how'> {
  readonly tries: LoginTries
  readonly answers: LoginAnswers
}

// Not any banner that threatens strangers: only what PAM says of an account.
const CLOSED = /\b(account|password)\b[^.]*\b(expired|locked|disabled)\b/i

/** Why a login ended without being let in. */
function createVerdicts({ target, logins, how, tries, answers }: VerdictDeps) {
  // Not fatal: a key that would not sign, an agent that is gone. The next login is tried.
  const notes: string[] = []
  let heard = ''

  function refusal(): AppError {
    if (how.password !== undefined) {
      if (tries.isPartial()) return moreThanPassword(target, tries.methods().join(', '))
      return tries.hasAsked() ? passwordRefused(target) : noPasswordTaken(target, tries.methods())
    }
    if (tries.hasAsked() && answers.wereGiven()) return answersRefused(target, tries.takesPassword())
    return authRefused(target, tries.offered(), [...logins.skipped, ...notes], tries.takesPassword())
  }

  return {
    refusal,
    /** What the server tells before the login: a welcome, or why the account is closed. */
    hears: (text: string): void => void (heard = plainText(`${heard}\n${text}`)),
    /** What an error in the middle of the login means; null when the login goes on. */
    failure(error: LinkErrorDetails): AppError | null {
      if (error.level === 'agent') notes.push(`your ssh-agent did not sign: ${error.message}`)
      else if (/too many auth/i.test(error.message)) return tooManyTries(target, tries.offered())
      else if (/methods failed/i.test(error.message)) return refusal()
      else if (error.level === 'client-authentication') notes.push(error.message)
      else return CLOSED.test(heard) ? accountClosed(target, heard) : connectFailure(error, target)
      return null
    },
  }
}
