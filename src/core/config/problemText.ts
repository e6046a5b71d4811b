/**
 * What is wrong and how to mend it, as the one string that a zod schema can carry: the message, a line break, the
 * fix. `schemaProblems` takes it apart again.
 */
export function says(message: string, fix: string): string {
  return `${message}\n${fix}`
}

export function heard(text: string): { readonly message: string; readonly fix: string } {
  const [message = '', fix = ''] = text.split('\n')
  return { message, fix }
}
