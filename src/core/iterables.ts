/** Whether `for … of` can go through a value. A string counts: its characters. */
export function isIterable<T>(value: Iterable<T> | AsyncIterable<T>): value is Iterable<T> {
  return Symbol.iterator in Object(value);
}

/** Whether `for await … of` can go through a value, and `for … of` perhaps cannot. */
export function isAsyncIterable<T>(value: Iterable<T> | AsyncIterable<T>): value is AsyncIterable<T> {
  return Symbol.asyncIterator in Object(value);
}

/** Runs a generator to its end, and gives what it returns. */
export async function runToEnd<T>(steps: AsyncGenerator<unknown, T, void>): Promise<T> {
  for (;;) {
    const { done, value } = await steps.next();
    if (done === true) return value;
  }
}
