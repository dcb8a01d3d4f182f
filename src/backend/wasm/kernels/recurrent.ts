import type { TensorInfo } from '@tensorflow/tfjs-core';
import { checkFloats } from '../../../core/checkFloats.js';
import { Cell, type Kernels } from '../generated/kernels.js';
import type { Heap } from '../heap.js';
import { attribute, input, type NativeCall, type NativeKernel } from '../nativeKernel.js';

type NativeCell = keyof typeof Cell;

/** The kernels of each cell that has native ones. Any other cell stays a composition. */
export const recurrent: readonly NativeKernel[] = (Object.keys(Cell) as NativeCell[]).flatMap((cell) => [
  forward(cell),
  gradient(cell),
]);

/** The forward pass over a whole sequence, as `src/ops/recurrent/kernels.ts` says. */
function forward(name: NativeCell): NativeKernel {
  return {
    name: `Seq2SeqRecurrent_${name}`,
    run(heap, call) {
      const { kernels } = heap;
      const shared = sharedArguments(heap, call, name);
      const { cell, reverse, batch, time, units, width, places, mask, h0, c0, weight } = shared;
      const parts = kernels.stateParts({ cell });
      checkFloats('recurrentSequence', call.inputs, {
        x: inputShape(call, shared),
        mask: [batch, time],
        h0: [batch, units],
        ...(parts === 2 && { c0: [batch, units] }),
        weight: [width, units],
        bias: [width],
      });
      const training = attribute<boolean>(call, 'training');
      const row = 4 * units; // bytes
      const steps = time + parts;
      const outputs = heap.output([batch, training ? steps : time, units]);
      const h = training ? null : heap.output([batch, units]);
      const c = training || parts === 1 ? null : heap.output([batch, units]);
      const states = training ? heap.output([batch, time, parts * units]) : null;
      const saved = kernels.savedGates({ cell });
      const gates = training ? heap.output(saved === 0 ? [0] : [batch, time, saved * units]) : null;
      const last = heap.address(outputs) + time * row; // of a bundle
      heap.borrow(kernels.recurrentForwardBytes({ batch, units, width }), (work) => {
        kernels.recurrentForward({
          // One by one, here and below: spreading so large an object takes longer than a small step.
          cell,
          reverse,
          batch,
          time,
          units,
          width,
          places,
          mask,
          h0,
          c0,
          weight,
          x: heap.address(input(call, 'x')),
          bias: heap.address(input(call, 'bias')),
          outputs: heap.address(outputs),
          outputBytes: (training ? steps : time) * row,
          h: h === null ? last : heap.address(h),
          c: c === null ? last + row : heap.address(c),
          stateBytes: (training ? steps : 1) * row,
          states: states === null ? 0 : heap.address(states),
          gates: gates === null || saved === 0 ? 0 : heap.address(gates),
          work,
          scratch: heap.scratch,
        });
      });
      return [outputs, h, c, states, gates].filter((tensor) => tensor !== null);
    },
  };
}

/** The backward pass, which reads what {@link forward} saved. */
function gradient(name: NativeCell): NativeKernel {
  return {
    name: `Seq2SeqRecurrentGrad_${name}`,
    run(heap, call) {
      const { kernels } = heap;
      const shared = sharedArguments(heap, call, name);
      const { cell, reverse, batch, time, units, width, places, mask, h0, c0, weight } = shared;
      const dx = heap.output(inputShape(call, shared));
      const dh = heap.output([batch, units]);
      const dc = kernels.stateParts({ cell }) === 2 ? heap.output([batch, units]) : null;
      const dWeight = heap.output([width, units]);
      const dBias = heap.output([width]);
      heap.borrow(kernels.recurrentBackwardBytes({ batch, time, units, width }), (work) => {
        kernels.recurrentBackward({
          cell,
          reverse,
          batch,
          time,
          units,
          width,
          places,
          mask,
          h0,
          c0,
          weight,
          dy: heap.address(input(call, 'dy')),
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

/** The arguments of the compiled functions that both directions have. */
type SharedArguments = Pick<
  Parameters<Kernels['recurrentForward']>[0],
  'cell' | 'reverse' | 'batch' | 'time' | 'units' | 'width' | 'places' | 'mask' | 'h0' | 'c0' | 'weight'
>;

function sharedArguments(heap: Heap, call: NativeCall, name: NativeCell): SharedArguments {
  const { kernels } = heap;
  const cell = Cell[name];
  const mask = input(call, 'mask');
  const weight = input(call, 'weight');
  const { places } = call.inputs;
  const [batch, time] = mask.shape as [number, number];
  const units = weight.shape[1] as number;
  return {
    cell,
    reverse: attribute<boolean>(call, 'reverse'),
    batch,
    time,
    units,
    width: kernels.gateCount({ cell }) * units,
    places: places === undefined ? 0 : heap.address(places),
    mask: heap.address(mask),
    h0: heap.address(input(call, 'h0')),
    c0: kernels.stateParts({ cell }) === 2 ? heap.address(input(call, 'c0')) : 0,
    weight: heap.address(weight),
  };
}

/** The shape of x: of every position, or of the real ones alone. */
function inputShape(call: NativeCall, { batch, time, width }: SharedArguments): number[] {
  const tokens = call.inputs['positions']?.shape[0];
  return tokens === undefined ? [batch, time, width] : [tokens, width];
}
