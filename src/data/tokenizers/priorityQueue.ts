/** A binary heap whose top is the item that `before` puts ahead of all others. */
export interface PriorityQueue<T> {
  push(item: T): void;
  /** Removes and returns the top, or `undefined` where there is none. */
  pop(): T | undefined;
}

/** @param before whether `a` comes ahead of `b`; a strict order */
export function createPriorityQueue<T>(before: (a: T, b: T) => boolean): PriorityQueue<T> {
  const heap: T[] = [];
  return {
    push(item) {
      let hole = heap.push(item) - 1;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (!before(item, heap[parent] as T)) break;
        heap[hole] = heap[parent] as T;
        hole = parent;
      }
      heap[hole] = item;
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return top;
      let hole = 0;
      for (;;) {
        let child = 2 * hole + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1] as T, heap[child] as T)) child++;
        if (!before(heap[child] as T, last)) break;
        heap[hole] = heap[child] as T;
        hole = child;
      }
      heap[hole] = last;
      return top;
    },
  };
}
