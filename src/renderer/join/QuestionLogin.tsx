import { type RefObject, useState } from 'react'
import type { BlockReason } from '../../contract/nodes'
import { Button } from '../components/Button'
import { useActions } from '../views/actions'
import { sentence } from '../views/problem'
import { Leave, type LoginPartProps, Refusal, UnderWay } from './LoginParts'
import { type Secret, SecretField } from './SecretField'

type Reason = Extract<BlockReason, { kind: 'question' }>

/** What the server asks in its own words; the answers are for one attempt. */
export function QuestionLogin(props: LoginPartProps<Reason>) {
  const { node, reason, phase, run, tried, frame } = props
  const actions = useActions()
  // A new question is drawn anew.
  const [fields] = useState(() => fieldsOf(reason))
  const isWorking = phase.at === 'working'
  const submit = (): void => {
    if (isWorking) return
    const given = fields.map(({ secret }) => secret.current?.take() ?? '')
    void run('Answering…', () => actions.answerNode(node.name, given), null)
  }
  return frame(
    <>
      <p className="text-t2">
        {reason.title === ''
          ? `${node.name} asks before it lets anyone in:`
          : `${node.name} asks: ${sentence(reason.title)}`}
      </p>
      <Refusal phase={phase} again={tried === 'answered' ? reason.message : null} />
      <div className="modal-part mt-4 flex flex-col gap-3">
        {fields.map(({ id, ...field }) => (
          <SecretField key={id} {...field} onTyped={nothing} onEnter={submit} />
        ))}
      </div>
      <UnderWay phase={phase} tried={tried} node={node.name} />
      <p className="mt-3 text-dense text-t3">
        This is one attempt with these answers. They are not kept, and nothing is tried again by itself.
      </p>
    </>,
    <>
      <Leave>Cancel</Leave>
      <Button look="primary" refusal={isWorking ? 'It is being tried.' : null} onClick={submit}>
        {reason.prompts.length === 0 ? 'Go on' : 'Answer'}
      </Button>
    </>,
  )
}

const nothing = (): void => {}

/** One field a prompt, in the server's order. */
const fieldsOf = (reason: Reason) =>
  reason.prompts.map((prompt, index) => {
    const label = prompt.text.trim().replace(/:$/, '')
    const secret: RefObject<Secret | null> = { current: null }
    return {
      id: `answer ${index + 1}`,
      label: label === '' ? `Answer ${index + 1}` : label,
      isShown: !prompt.isHidden,
      secret,
    }
  })
