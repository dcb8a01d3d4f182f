import { useProcessorTime } from './measure.js';
import { generation } from './workloads/generation.js';
useProcessorTime();
for (const w of await generation.workloads()) for (const r of await w.run()) console.log(r.name.padEnd(32), r.ms.toFixed(1), r.peer, r.peerMs.toFixed(1), 'ratio', r.ratio.toFixed(2), 'inverse', (1/r.ratio).toFixed(2));
