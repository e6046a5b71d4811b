import { AppError } from '../kernel/appError'
import type { Ask, Question } from './loginAnswers'

/**
 * Where what a server asks waits for the user. The conversation with the server is held open meanwhile, so that the
 * answers go to the very question that was shown; when the server hangs up first, they go to the first question of the
 * next attempt, once.
 */
export interface QuestionDesk {
  /** For the attempts of one link; `show` draws the question, `hide` says that it was answered. */
  ask(show: (question: Question) => void, hide: () => void): Ask
  /** Returns false when nothing waits for answers: then they are for the next attempt. */
  answer(answers: readonly string[]): boolean
  /**
   * Ends an attempt: answers that it did not need are forgotten, and an open question ends with `questionDropped`.
   * Returns whether one was open.
   */
  clear(): boolean
}

/** The user wants another attempt rather than to answer. */
export const questionDropped = new AppError('refused', 'The question was given up.')

export function createQuestionDesk(): QuestionDesk {
  let waiting: { take(answers: readonly string[]): void; give(error: Error): void } | null = null
  let ready: readonly string[] | null = null

  return {
    ask: (show, hide) => async question => {
      const before = ready
      ready = null
      if (before !== null && before.length === question.prompts.length) return before
      show(question)
      const answers = await new Promise<readonly string[]>((resolve, reject) => {
        waiting = { take: resolve, give: reject }
      }).finally(() => (waiting = null))
      hide()
      return answers
    },
    answer(answers) {
      if (waiting === null) {
        ready = answers
        return false
      }
      waiting.take(answers)
      return true
    },
    clear() {
      const isOpen = waiting !== null
      ready = null
      waiting?.give(questionDropped)
      return isOpen
    },
  }
}
