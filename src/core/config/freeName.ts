import { NodeName } from '../../contract/ids'

const MAX_CHARS = 64

/** `wanted` itself when it is free, else with the first number behind it that makes it so. */
export function freeName(wanted: NodeName, isTaken: (name: NodeName) => boolean): NodeName {
  let name = wanted
  for (let count = 2; isTaken(name); count += 1) {
    const end = `-${count}`
    name = NodeName.parse(`${wanted.slice(0, MAX_CHARS - end.length)}${end}`)
  }
  return name
}
