import { describe, expect, it } from 'vitest'
import { LogId, RunId } from '../../contract/ids'
import { NO_FILTER } from './logFilter'
import { createLogSearches } from './logSearch'
import { createScriptedLogEngine } from './scriptedLogEngine'

const run = RunId.parse('r1')
const hit = (line: number) => ({ log: LogId.parse('bots-1'), line, atMs: 1, text: `NaN ${line}` })
const asked = { run, logs: null, query: { ...NO_FILTER, text: 'NaN' } }

async function begin() {
  const engine = createScriptedLogEngine()
  const searches = createLogSearches()
  const over = searches.start(engine.client, asked)
  await engine.settle()
  return { engine, searches, over, search: () => searches.store.getState().search }
}

describe('a search over whole logs', () => {
  it('gathers hits in the order they are told, and says how far it is', async () => {
    const { engine, over, search } = await begin()
    expect(engine.asked).toEqual([
      'search {"run":"r1","logs":null,"query":{"text":"NaN","isRegex":false,"isCaseSensitive":false}}',
    ])
    engine.search.push({ hits: [hit(3)], bytesDone: 10, bytesTotal: 30, matched: 1 })
    await engine.settle()
    expect(search()).toMatchObject({ status: 'running', hits: [hit(3)], bytesDone: 10, bytesTotal: 30 })
    engine.search.push({ hits: [hit(9)], bytesDone: 30, bytesTotal: 30, matched: 2 })
    engine.search.done()
    await over
    expect(search()).toMatchObject({ status: 'done', hits: [hit(3), hit(9)], matched: 2 })
  })

  it('keeps what it found when it is cancelled, and asks the engine for no more', async () => {
    const { engine, searches, over, search } = await begin()
    engine.search.push({ hits: [hit(3)], bytesDone: 10, bytesTotal: 30, matched: 1 })
    await engine.settle()
    searches.cancel()
    await over
    expect(search()).toMatchObject({ status: 'cancelled', hits: [hit(3)] })
  })

  it('says why it failed', async () => {
    const { engine, over, search } = await begin()
    engine.search.end(new Error('This pattern takes too long on a line of this log.'))
    await over
    expect(search()).toMatchObject({
      status: 'failed',
      problem: 'This pattern takes too long on a line of this log.',
    })
  })

  it('gives way to the next one, whatever it still tells', async () => {
    const { engine, searches, over, search } = await begin()
    const first = engine.search
    const second = searches.start(engine.client, { ...asked, query: { ...NO_FILTER, text: 'inf' } })
    await engine.settle()
    first.push({ hits: [hit(3)], bytesDone: 10, bytesTotal: 30, matched: 1 })
    await over
    engine.search.done()
    await second
    expect(search()).toMatchObject({ status: 'done', hits: [], query: { text: 'inf' } })
  })

  it('is forgotten when it is closed', async () => {
    const { searches, over, search } = await begin()
    searches.clear()
    await over
    expect(search()).toBe(null)
  })
})
