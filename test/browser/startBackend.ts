import { inject } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';

await useBackend(inject('backend'));
