import type { TensorInfo } from '@tensorflow/tfjs-core';
import { checkFloats } from '../../../core/checkFloats.js';
import { recurrentKernels } from '../../../ops/recurrent/kernels.js';
import type { Heap } from '../heap.js';
import { attribute, input, type NativeCall, type NativeKernel } from '../nativeKernel.js';

/** As `assembly/cells.ts` numbers them. */
const cells = { tanh: 0, relu: 1, gru: 2, lstm: 3 } as const;
const gateCounts = { tanh: 1, relu: 1, gru: 3, lstm: 4 } as const;
type Cell = keyof typeof cells;

/** The kernels of each cell that has native ones; the operation is composed for any other. */
export const recurrent: readonly NativeKernel[] = (Object.keys(cells) as Cell[]).flatMap((cell) => [
  forward(cell),
  gradient(cell),
]);

/** The forward pass of a recurrent layer over a whole sequence; `src/ops/recurrent/kernels.ts` says what it computes. */
function forward(cell: Cell): NativeKernel {
  return {
    name: recurrentKernels(cell).forward.name,
    run(heap, call) {
      const { kernels } = heap;
      const { reverse, batch, time, units, places, mask, h0, c0, weight } = recurrentCall(heap, call, cell);
      const lstm = cell === 'lstm';
      const width = gateCounts[cell] * units;
      const tokens = call.inputs['positions']?.shape[0];
      checkFloats('recurrentSequence', call.inputs, {
        x: tokens === undefined ? [batch, time, width] : [tokens, width],
        mask: [batch, time],
        h0: [batch, units],
        ...(lstm && { c0: [batch, units] }),
        weight: [width, units],
        bias: [width],
      });
      const training = attribute<boolean>(call, 'training');
      const row = 4 * units;
      const steps = time + (lstm ? 2 : 1);
      const outputs = heap.output([batch, training ? steps : time, units]);
      const h = training ? null : heap.output([batch, units]);
      const c = training || !lstm ? null : heap.output([batch, units]);
      const states = training ? heap.output([batch, time, lstm ? 2 * units : units]) : null;
      const savesGates = training && (lstm || cell === 'gru');
      const gates = training ? heap.output(savesGates ? [batch, time, 4 * units] : [0]) : null;
      const last = heap.address(outputs) + time * row; // of a bundle
      heap.borrow(kernels.recurrentForwardBytes({ cell: cells[cell], batch, units }), (work) => {
        kernels.recurrentForward({
          cell: cells[cell],
          reverse,
          batch,
          time,
          units,
          x: heap.address(input(call, 'x')),
          places,
          mask,
          h0,
          c0,
          weight,
          bias: heap.address(input(call, 'bias')),
          outputs: heap.address(outputs),
          outputBytes: (training ? steps : time) * row,
          h: h === null ? last : heap.address(h),
          c: c === null ? last + row : heap.address(c),
          stateBytes: (training ? steps : 1) * row,
          states: states === null ? 0 : heap.address(states),
          gates: gates === null || !savesGates ? 0 : heap.address(gates),
          work,
          scratch: heap.scratch,
        });
      });
      return [outputs, h, c, states, gates].filter((tensor) => tensor !== null);
    },
  };
}

/** The backward pass, which reads what {@link forward} saved. */
function gradient(cell: Cell): NativeKernel {
  return {
    name: recurrentKernels(cell).gradient.name,
    run(heap, call) {
      const { kernels } = heap;
      const { reverse, batch, time, units, places, mask, h0, c0, weight } = recurrentCall(heap, call, cell);
      const tokens = call.inputs['positions']?.shape[0];
      const width = gateCounts[cell] * units;
      const dx = heap.output(tokens === undefined ? [batch, time, width] : [tokens, width]);
      const dh = heap.output([batch, units]);
      const dc = cell === 'lstm' ? heap.output([batch, units]) : null;
      const dWeight = heap.output([width, units]);
      const dBias = heap.output([width]);
      heap.borrow(kernels.recurrentBackwardBytes({ cell: cells[cell], batch, time, units }), (work) => {
        kernels.recurrentBackward({
          cell: cells[cell],
          reverse,
          batch,
          time,
          units,
          dy: heap.address(input(call, 'dy')),
          places,
          mask,
          h0,
          c0,
          weight,
          states: heap.address(input(call, 'states')),
          gates: heap.address(input(call, 'gates')),
          dx: heap.address(dx),
          dh: heap.address(dh),
          dc: dc === null ? 0 : heap.address(dc),
          dWeight: heap.address(dWeight),
          dBias: heap.address(dBias),
          work,
          scratch: heap.scratch,
        });
      });
      const dInitial: TensorInfo[] = dc === null ? [dh] : [dh, dc];
      return [dx, ...dInitial, dWeight, dBias];
    },
  };
}

interface RecurrentCall {
  readonly reverse: boolean;
  readonly batch: number;
  readonly time: number;
  readonly units: number;
  /** 0 where x holds padding, too. */
  readonly places: number;
  readonly mask: number;
  readonly h0: number;
  readonly c0: number;
  readonly weight: number;
}

/** What both directions read: attributes, sizes and addresses. */
function recurrentCall(heap: Heap, call: NativeCall, cell: Cell): RecurrentCall {
  const mask = input(call, 'mask');
  const weight = input(call, 'weight');
  const { places } = call.inputs;
  const [batch, time] = mask.shape as [number, number];
  return {
    reverse: attribute<boolean>(call, 'reverse'),
    batch,
    time,
    units: weight.shape[1] as number,
    places: places === undefined ? 0 : heap.address(places),
    mask: heap.address(mask),
    h0: heap.address(input(call, 'h0')),
    c0: cell === 'lstm' ? heap.address(input(call, 'c0')) : 0,
    weight: heap.address(weight),
  };
}
