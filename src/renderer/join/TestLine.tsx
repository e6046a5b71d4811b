import { StateIcon } from '../components/StateIcon'
import type { TestState } from './addState'
import { testWords } from './testWords'

/** How a machine's test stands: a shape, a word, what is known, and the fix. */
export function TestLine({ test }: { test: TestState | undefined }) {
  const words = testWords(test)
  if (words === null) return null
  return (
    <span className="test-line">
      <StateIcon state={words.icon} size={14} />
      <span className="min-w-0">
        <span className="text-t1">{words.word}</span>
        {words.detail === null ? null : <span> · {words.detail}</span>}
        {words.fix === null ? null : <span className="text-t3"> {words.fix}</span>}
      </span>
    </span>
  )
}
