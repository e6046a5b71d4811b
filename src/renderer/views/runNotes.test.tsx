// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import type { LogId } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { run } from '../gallery/builders'
import { createRecordedActions } from '../state/recordedActions'
import { ActionsProvider } from './actions'
import { RunNotes } from './RunNotes'

afterEach(cleanup)

const mine = run({ id: 'r1', plan: 'kelly', state: 'running', startedAgoS: 60, workers: [] })
const theirs: Run = { ...mine, origin: 'foreign', owner: { name: 'w1@laptop', app: 'a' } }

function show(shown: Run, takeOver?: () => Promise<void>) {
  const { actions, asked } = createRecordedActions()
  render(
    <ActionsProvider value={takeOver === undefined ? actions : { ...actions, takeOver }}>
      <RunNotes run={shown} />
    </ActionsProvider>,
  )
  return asked
}

const press = (name: string): void => void fireEvent.click(screen.getByRole('button', { name }))

it('says nothing of a run that is this Drydock’s and whose logs are whole', () => {
  show(mine)
  expect(document.body.textContent).toBe('')
})

it('says whose a run is, and takes it over only when that is meant', () => {
  const asked = show(theirs)
  expect(document.body.textContent).toContain('Belongs to w1@laptop: it is shown here and not touched.')
  press('Take over')
  press('Leave it')
  expect(asked).toEqual([])
  press('Take over')
  expect(document.body.textContent).toContain('w1@laptop can then only look at it.')
  press('Yes, take it over')
  expect(asked).toEqual([['takeOver', 'r1']])
})

it('says why a run cannot be taken over', async () => {
  const refusal = Object.assign(new Error('pc3 cannot be reached.'), {
    data: { hint: 'Reconnect pc3 first.' },
  })
  show(theirs, () => Promise.reject(refusal))
  press('Take over')
  press('Yes, take it over')
  await waitFor(() =>
    expect(document.body.textContent).toContain('pc3 cannot be reached. Reconnect pc3 first.'),
  )
})

it('names each gap in the logs, with how much is missing when that is known', () => {
  const gap = { beforeLine: 7, lostBytes: null, reason: 'the file was truncated', atMs: 1 }
  const log = 'bots-1' as LogId
  show({
    ...mine,
    gaps: [
      { log, gap },
      { log, gap: { ...gap, atMs: 2, lostBytes: 2_000_000 } },
    ],
  })
  expect(screen.getAllByRole('listitem').map(item => item.textContent)).toEqual([
    'bots-1 the file was truncated',
    expect.stringMatching(/^bots-1 the file was truncated: at most .+ are missing$/),
  ])
})
