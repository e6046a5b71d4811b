import { Button } from '../components/Button'
import type { Candidate } from './addState'
import { useJoin } from './joinStore'
import type { MachineTester } from './machineTester'

/** Tests everything that this tab shows; while tests are under way it stops them. */
export function TestAll({ machines, tester }: { machines: readonly Candidate[]; tester: MachineTester }) {
  const isUnderWay = useJoin(state =>
    Object.values(state.add.tests).some(({ at }) => at === 'queued' || at === 'testing'),
  )
  if (isUnderWay) {
    return (
      <Button size="s" className="ml-auto" onClick={tester.stop}>
        Stop testing
      </Button>
    )
  }
  return (
    <Button
      size="s"
      className="ml-auto"
      refusal={machines.length === 0 ? 'There is no machine to test here.' : null}
      onClick={() => tester.test(machines)}
    >
      Test all
    </Button>
  )
}
