import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { SshConfig } from '../../config/fleetSchema'
import { sentenceOf } from '../../kernel/appError'
import { resolveTarget } from '../sshTarget'
import { orAborted } from '../wakeablePause'
import { fail, pass, skip, warn, type Finding } from './check'

export interface FromHereDeps {
  /** Whose `~/.ssh` is read. */
  readonly userHome: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A name or an address, and nothing that a program could take for an option. */
const HOST_WORD = /^[A-Za-z0-9_][A-Za-z0-9_.:%-]*$/

/** What this PC can tell of the way to a node without its link. */
export function createFromHere({ userHome, environment }: FromHereDeps) {
  /** Null when the way leads through other hosts: then they resolve the name, and no ping gets there. */
  async function hostOf(ssh: SshConfig, signal: AbortSignal): Promise<string | null> {
    const { host, jump } = await resolveTarget(ssh, { userHome, userName: userInfo().username }, signal)
    return jump.length === 0 ? host : null
  }

  return {
    async nameResolution(ssh: SshConfig, signal: AbortSignal): Promise<Finding | null> {
      const wanted = 'an address'
      const host = await hostOf(ssh, signal)
      if (host === null) return skip('The name is resolved by the host on the way.')
      if (isIP(host) !== 0) return pass(`${host} is an address`, wanted)
      try {
        const found = await orAborted(lookup(host, { all: true }), signal)
        return found === null
          ? null
          : pass(`${host} is ${found.map(({ address }) => address).join(', ')}`, wanted)
      } catch (error) {
        return fail(`${host} is not found (${codeOf(error)})`, wanted)
      }
    },

    /** `isOnline`: the link works, so a ping that is not answered is no fault of the way. */
    async ping(ssh: SshConfig, isOnline: boolean, signal: AbortSignal): Promise<Finding | null> {
      const wanted = 'an answer'
      const host = await hostOf(ssh, signal)
      if (host === null) return skip('The node is reached through other hosts, which a ping cannot.')
      if (!HOST_WORD.test(host)) return skip(`${host} cannot be pinged.`)
      try {
        const count = process.platform === 'win32' ? '-n' : '-c'
        const { stdout } = await promisify(execFile)('ping', [count, '1', host], {
          signal,
          encoding: 'utf8',
          env: { ...environment, LC_ALL: 'C' },
        })
        return pass(pingTime(stdout), wanted)
      } catch (error) {
        if (signal.aborted) return isOnline ? warn(NO_PING, wanted) : fail('no answer', wanted)
        if (codeOf(error) === 'ENOENT') return skip('There is no ping on this PC.')
        return isOnline ? warn(NO_PING, wanted) : fail('no answer', wanted)
      }
    },
  }
}

const NO_PING = 'no answer, although the link works: a firewall drops it'

/**
 * Reads the time of one answer.
 *
 * Shape: `… time=0.345 ms` (Linux, macOS, BusyBox), `time<1ms` or `time=3ms` (Windows).
 * Absent: a ping that tells no time has answered all the same.
 * Source: iputils, BusyBox, Apple's and Windows' ping.
 */
export function pingTime(printed: string): string {
  const [, sign, ms] = /time([=<])\s*(\d+(?:\.\d+)?)\s*ms/.exec(printed) ?? []
  if (ms === undefined) return 'answered'
  return `${sign === '<' ? 'under ' : ''}${ms} ms`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : sentenceOf(error)
}
