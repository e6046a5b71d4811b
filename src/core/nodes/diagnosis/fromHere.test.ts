import { expect, it } from 'vitest'
import { pingTime } from './fromHere'

it.each([
  ['64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.345 ms', '0.345 ms'], // iputils
  ['64 bytes from 10.0.0.2: seq=0 ttl=64 time=0.412 ms', '0.412 ms'], // BusyBox
  ['Reply from 10.0.0.2: bytes=32 time<1ms TTL=128', 'under 1 ms'], // Windows
  ['Reply from 10.0.0.2: bytes=32 time=12ms TTL=128', '12 ms'],
  ['64 bytes from 10.0.0.2: icmp_seq=1 ttl=64', 'answered'],
])('reads %j', (printed, time) => {
  expect(pingTime(printed)).toBe(time)
})
