import { Tabs } from '@base-ui/react/tabs'
import { AddressTab } from './AddressTab'
import type { AddTab } from './addState'
import { HostTab } from './HostTab'
import { changeAdd, useJoin } from './joinStore'
import { ListTab } from './ListTab'
import type { MachineTester } from './machineTester'
import type { SshHost } from '../../contract/machines'
import type { Asked } from './useAsked'

const TABS: readonly (readonly [AddTab, string])[] = [
  ['config', 'From SSH config'],
  ['address', 'By address'],
  ['list', 'Paste a list'],
]

interface PickStepProps {
  readonly hosts: Asked<readonly SshHost[]>
  readonly onAgain: () => void
  readonly tester: MachineTester
}

/** Three ways to say which machines; what is picked in one stays picked in the others. */
export function PickStep({ hosts, onAgain, tester }: PickStepProps) {
  const tab = useJoin(state => state.add.tab)
  return (
    <Tabs.Root
      className="join-tabs"
      value={tab}
      onValueChange={(next: AddTab) => changeAdd(add => ({ ...add, tab: next }))}
    >
      <Tabs.List className="join-tab-list" aria-label="Where the machines are named" activateOnFocus>
        {TABS.map(([value, name]) => (
          <Tabs.Tab key={value} value={value} className="join-tab">
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="config" className="join-panel">
        <HostTab hosts={hosts} onAgain={onAgain} tester={tester} />
      </Tabs.Panel>
      <Tabs.Panel value="address" className="join-panel">
        <AddressTab tester={tester} />
      </Tabs.Panel>
      <Tabs.Panel value="list" className="join-panel">
        <ListTab tester={tester} />
      </Tabs.Panel>
    </Tabs.Root>
  )
}
