export { matMul, scratchBytes } from './product';
export { addBias, segmentSum } from './rows';
export { relu, sigmoid, tanh } from './unary';
export { recurrentBackward, recurrentBackwardBytes, recurrentForward, recurrentForwardBytes } from './recurrent';
