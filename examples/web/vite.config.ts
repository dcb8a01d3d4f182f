import type { UserConfig } from 'vite';

const config: UserConfig = {
  // Relative addresses, so that the built page works in any folder of any server.
  base: './',
  worker: { format: 'es' },
  // Vite does not look into workers for what it should prepare while it starts.
  optimizeDeps: { entries: ['index.html', 'worker/worker.ts'] },
};

export default config;
