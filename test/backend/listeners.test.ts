import { expect, it } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';

it("leaves the process's error handling as it was", async () => {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  await useBackend('wasm');
  expect(events.map((event) => process.rawListeners(event))).toEqual(before);
});
