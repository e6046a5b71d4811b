const MAX_CHARS = 64

/** `wanted` itself when it is free, else with the first number behind it that makes it so. */
export function freeName<Name extends string>(wanted: Name, isTaken: (name: Name) => boolean): Name {
  let name = wanted
  for (let count = 2; isTaken(name); count += 1) {
    const end = `-${count}`
    // A safe word that is cut and gets a number stays a safe word.
    name = `${wanted.slice(0, MAX_CHARS - end.length)}${end}` as Name
  }
  return name
}
