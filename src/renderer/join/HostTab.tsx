import { Search } from 'lucide-react'
import { useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { SshHost } from '../../contract/machines'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { count } from '../format'
import { candidateOfHost, isPickable, matchingHosts, withPicked } from './addState'
import { changeAdd, useJoin } from './joinStore'
import { MachineRow } from './MachineRow'
import type { MachineTester } from './machineTester'
import { createRowWindow } from './rowWindow'
import { TestAll } from './TestAll'
import type { Asked } from './useAsked'

interface HostTabProps {
  readonly hosts: Asked<readonly SshHost[]>
  readonly onAgain: () => void
  readonly tester: MachineTester
}

/** The hosts of `~/.ssh/config`, as OpenSSH itself resolves them. */
export function HostTab({ hosts, onAgain, tester }: HostTabProps) {
  switch (hosts.at) {
    case 'waiting':
      return <p className="join-blank">Reading ~/.ssh/config…</p>
    case 'failed':
      return (
        <div className="join-part">
          <Notice severity="err" what={hosts.problem.what} fix={hosts.problem.fix}>
            <Button size="s" onClick={onAgain}>
              Read it again
            </Button>
          </Notice>
        </div>
      )
    case 'known':
      return hosts.value.length === 0 ? (
        <NoHosts onAgain={onAgain} />
      ) : (
        <Hosts hosts={hosts.value} tester={tester} />
      )
    default:
      return hosts satisfies never
  }
}

function NoHosts({ onAgain }: { onAgain: () => void }) {
  return (
    <div className="join-blank">
      <p className="font-medium text-t1">No host is named in ~/.ssh/config</p>
      <p>A Host line with a pattern such as * is not a machine. Add machines by address, or paste a list.</p>
      <span className="mt-3 flex gap-2">
        <Button onClick={() => changeAdd(add => ({ ...add, tab: 'address' }))}>Add by address</Button>
        <Button onClick={onAgain}>Read it again</Button>
      </span>
    </div>
  )
}

function Hosts({ hosts, tester }: { hosts: readonly SshHost[]; tester: MachineTester }) {
  const filter = useJoin(state => state.add.filter)
  const picked = useJoin(state => state.add.picked)
  const shown = useMemo(() => matchingHosts(hosts, filter), [hosts, filter])
  const pickable = useMemo(() => shown.filter(isPickable).map(candidateOfHost), [shown])
  const keys = useMemo(() => new Set(picked.map(one => one.key)), [picked])
  const pickedHere = pickable.filter(one => keys.has(one.key)).length
  const isAll = pickable.length > 0 && pickedHere === pickable.length
  return (
    <>
      <div className="join-tools">
        <label className="flex min-h-6 flex-none items-center gap-2.5">
          <input
            type="checkbox"
            checked={isAll}
            disabled={pickable.length === 0}
            ref={box => {
              if (box !== null) box.indeterminate = !isAll && pickedHere > 0
            }}
            onChange={event => changeAdd(add => withPicked(add, pickable, event.target.checked))}
          />
          Select all
        </label>
        <span className="join-filter">
          <Search size={14} strokeWidth={1.75} aria-hidden />
          <input
            type="search"
            aria-label="Filter hosts"
            placeholder="Filter"
            value={filter}
            onChange={event => changeAdd(add => ({ ...add, filter: event.target.value }))}
          />
        </span>
        <span className="num text-dense text-t3">
          {shown.length === hosts.length
            ? `${count(hosts.length)} ${hosts.length === 1 ? 'host' : 'hosts'}`
            : `${count(shown.length)} of ${count(hosts.length)} hosts`}
        </span>
        <TestAll machines={pickable} tester={tester} />
      </div>
      {shown.length === 0 ? (
        <p className="join-blank">No host is like “{filter}”.</p>
      ) : (
        <HostList hosts={shown} picked={keys} tester={tester} />
      )}
    </>
  )
}

interface HostListProps {
  readonly hosts: readonly SshHost[]
  readonly picked: ReadonlySet<string>
  readonly tester: MachineTester
}

/** Only the rows in sight are drawn, however long the file is. */
function HostList({ hosts, picked, tester }: HostListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [rows] = useState(createRowWindow)
  useSyncExternalStore(rows.subscribe, rows.version)
  const { items, heightPx } = rows.arrange(hosts.map(host => host.alias))
  useLayoutEffect(() => rows.attach(scroller.current), [rows])
  useLayoutEffect(() => rows.settle())
  return (
    <div ref={scroller} className="join-list" tabIndex={-1}>
      <ul aria-label="Hosts of ~/.ssh/config" className="relative" style={{ height: heightPx }}>
        {items.map(({ index, key, start }) => {
          const host = hosts[index]
          return host === undefined ? null : (
            <li
              key={key}
              ref={rows.measure}
              data-index={index}
              aria-setsize={hosts.length}
              aria-posinset={index + 1}
              className="machine-row absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <HostRow host={host} picked={picked} tester={tester} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function HostRow({ host, picked, tester }: Omit<HostListProps, 'hosts'> & { host: SshHost }) {
  const one = candidateOfHost(host)
  const test = useJoin(state => state.add.tests[one.key])
  const { resolved } = host
  return (
    <MachineRow
      title={host.alias}
      address={resolved === null ? null : `${resolved.user}@${resolved.host}:${resolved.port}`}
      way={resolved === null ? null : wayOf(resolved)}
      node={host.node}
      problem={host.problem}
      isPicked={picked.has(one.key)}
      test={test}
      onPick={isPicked => changeAdd(add => withPicked(add, [one], isPicked))}
      onTest={() => tester.test([one])}
    />
  )
}

function wayOf({ identityFiles, jump }: NonNullable<SshHost['resolved']>): string {
  const key = identityFiles.length === 0 ? 'agent and usual keys' : `key ${identityFiles.join(', ')}`
  return jump.length === 0 ? key : `${key} · via ${jump.join(', ')}`
}
