const BITS = 4;
const LEVELS = 8;
const MASK = (1 << BITS) - 1;

type Branch = readonly unknown[];

/**
 * An immutable map from whole numbers in [0, 2³²) to values: `with` shares all but a few small arrays with the map
 * before, so that hypotheses can branch without copying what they remember (a radix trie; Okasaki 1998, §10.1.2).
 */
export class PersistentMap<V> {
  private readonly root: Branch;

  constructor(root: readonly unknown[] = []) {
    this.root = root;
  }

  get(key: number): V | undefined {
    let node: unknown = this.root;
    for (let level = LEVELS - 1; level >= 0 && node !== undefined; level--) {
      node = (node as Branch)[(key >>> (level * BITS)) & MASK];
    }
    return node as V | undefined;
  }

  with(key: number, value: V): PersistentMap<V> {
    return new PersistentMap<V>(place(this.root, LEVELS - 1, key, value));
  }
}

function place(branch: Branch, level: number, key: number, value: unknown): Branch {
  const slot = (key >>> (level * BITS)) & MASK;
  const copy = branch.slice();
  copy[slot] = level === 0 ? value : place((branch[slot] as Branch | undefined) ?? [], level - 1, key, value);
  return copy;
}
