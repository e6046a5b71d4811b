import type { BlockReason, LoginPrompt } from '../../contract/nodes'
import type { Deadline } from '../kernel/deadline'
import { BlockedError } from './blockedError'
import { moreThanPassword, passwordExpired, questionOf, type LoginQuestion } from './loginErrors'
import type { SshTarget } from './sshTarget'

/** What a server asks, as the card of a blocked link shows it. */
export type Question = Extract<BlockReason, { kind: 'question' }>

/** Shows a question and waits for its answers. Rejects when they will not come. */
export type Ask = (question: Question) => Promise<readonly string[]>

/** A prompt as the server sends it. */
interface ServerPrompt {
  readonly prompt: string
  readonly echo?: boolean
}

interface AnswersDeps {
  readonly target: SshTarget
  readonly ask: Ask | undefined
  readonly password: string | undefined
  /** Time that the user takes to answer does not count. */
  readonly deadline: Pick<Deadline, 'pause' | 'resume'>
}

const EXPIRED = /new password|password has expired|change your password|password change required/i
const MAX_PROMPTS = 20
const MAX_CHARS = 500

/** Where the answers of one attempt come from: the password that was given for it, or the user. */
export function createLoginAnswers({ target, ask, password, deadline }: AnswersDeps) {
  let rounds = 0

  async function fromUser(asked: LoginQuestion): Promise<readonly string[]> {
    const question = questionOf(target, asked)
    if (ask === undefined) throw new BlockedError(question.message, question)
    deadline.pause()
    try {
      return await ask(question)
    } finally {
      deadline.resume()
    }
  }

  /** The password, when it is what is asked for; once. */
  function passwordFor({ title, prompts }: LoginQuestion, given: string): readonly string[] {
    const text = [title, ...prompts.map(prompt => prompt.text)].join(' ').trim()
    if (EXPIRED.test(text)) throw passwordExpired(target)
    if (rounds > 1 || prompts.length !== 1 || prompts[0]?.isHidden !== true)
      throw moreThanPassword(target, text)
    return [given]
  }

  return {
    /** As many answers as the question has prompts. Errors: `blocked`, when there are none. */
    async to(question: LoginQuestion): Promise<readonly string[]> {
      rounds += 1
      return password === undefined ? fromUser(question) : passwordFor(question, password)
    },
    wereGiven: (): boolean => rounds > 0 && ask !== undefined,
    /** Nothing was answered yet, and what is asked for is nothing but the password in other clothes. */
    isPlainPassword({ prompts }: LoginQuestion): boolean {
      const [only] = prompts
      return rounds === 0 && prompts.length === 1 && only?.isHidden === true && /password/i.test(only.text)
    },
  }
}

export type LoginAnswers = ReturnType<typeof createLoginAnswers>

/** The question of a server, fit for a screen. */
export function readQuestion(
  name: string,
  instructions: string,
  prompts: readonly ServerPrompt[],
): LoginQuestion {
  const asked: LoginPrompt[] = prompts
    .slice(0, MAX_PROMPTS)
    .map(({ prompt, echo }) => ({ text: plainText(prompt), isHidden: echo !== true }))
  const title = [plainText(name), plainText(instructions)].filter(text => text !== '').join(': ')
  return { title, prompts: asked }
}

/** Text of a server: one line, no control characters, of a bounded length. */
export function plainText(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ').trim()
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line
}
