/** Whether this runs in Node (or what behaves like it), rather than in a page or a worker. */
export function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}
