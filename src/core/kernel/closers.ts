/** What was opened, to be closed in reverse: a part may use what was opened before it until its own end. */
export function createClosers() {
  const opened: (Disposable | AsyncDisposable)[] = []

  return {
    use<T extends Disposable | AsyncDisposable>(part: T): T {
      opened.push(part)
      return part
    },

    /** Closes everything, even when a part fails to; then throws the first failure. */
    async [Symbol.asyncDispose](): Promise<void> {
      const failures: unknown[] = []
      for (let part = opened.pop(); part !== undefined; part = opened.pop()) {
        try {
          if (Symbol.asyncDispose in part) await part[Symbol.asyncDispose]()
          else part[Symbol.dispose]()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}

export type Closers = ReturnType<typeof createClosers>
