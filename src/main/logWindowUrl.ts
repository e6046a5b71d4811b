import { logWindowHash, parseLogWindowHash } from '../contract/logWindow'

/** Pure: the address to load, made anew from what was read out of it; null unless it was that to the letter. */
export function logWindowUrl(url: string, origin: string): string | null {
  const place = url.startsWith(`${origin}/#`) ? parseLogWindowHash(url.slice(origin.length + 1)) : null
  if (place === null) return null
  const own = `${origin}/${logWindowHash(place)}`
  return own === url ? own : null
}
