/** What stands for a secret on a screen. */
const MASK = '••••'

const SECRET_NAME = /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|KEY/i
/** `scheme://user:password@host`; the password may hold anything but the end of the address. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"']*:)[^\s/?#"']+(?=@)/gi

/** A variable as a screen shows it. `isSecret`: all of its value is masked. */
export function maskedVariable(
  name: string,
  value: string,
  isSecret: boolean,
): { name: string; value: string; isSecret: boolean } {
  const isMasked = isSecret || (SECRET_NAME.test(name) && value !== '')
  return { name, value: isMasked ? MASK : maskedUrls(value), isSecret: isMasked }
}

/** Passwords within addresses are masked, all else stays. */
export function maskedUrls(text: string): string {
  return text.replaceAll(URL_PASSWORD, `$1${MASK}`)
}
