/** What tells a machine apart from others, whatever its address is; null is not reported. */
export interface MachineSigns {
  readonly machineId: string | null
  /** Fingerprint of its host key. */
  readonly hostKey: string | null
  /** Random at every start of the kernel, so no two machines share it. */
  readonly bootId: string | null
}

/** `copied-…`: two machines, one of which has this sign from the other, by a cloned disk. */
export type Likeness = 'same' | 'copied-machine-id' | 'copied-host-key' | 'different'

/**
 * What two machines are to each other. A machine-id alone proves nothing, because clones share it; together with the
 * host key or the boot id it does. (One machine can have several host keys: a server on each of two ports, or this PC,
 * which is reached without one.) What is not reported is like nothing.
 */
export function likenessOf(one: MachineSigns, other: MachineSigns): Likeness {
  const isSame = (sign: keyof MachineSigns): boolean => one[sign] !== null && one[sign] === other[sign]
  if (isSame('machineId')) return isSame('hostKey') || isSame('bootId') ? 'same' : 'copied-machine-id'
  if (!isSame('hostKey')) return 'different'
  if (one.machineId !== null && other.machineId !== null) return 'copied-host-key'
  return isSame('bootId') ? 'same' : 'different'
}
