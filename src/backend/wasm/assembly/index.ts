// What the module exports, and so what TypeScript can call.
export { matMul, scratchBytes } from './product';
export { matMulPacked, packedBytes, packRight } from './packed';
export { copyRuns, findOutside, gatherRows, segmentSum, sumRows } from './rows';
export { topK } from './topK';
export { activate, scale, sigmoid, tanh } from './unary';
export { gateCount, savedGates, stateParts } from './cells';
export { recurrentBackward, recurrentBackwardBytes } from './recurrent';
export { recurrentForward, recurrentForwardBytes } from './recurrent';
export { logSumExp, projectedCrossEntropy } from './crossEntropy';
export { adam, sumOfSquares } from './optimizer';
export { dropoutMask } from './dropout';
export { layerNorm, layerNormGrad } from './layerNorm';
export { additiveScores, additiveScoresGrad } from './additiveScores';
export { filterGradient } from './convolution';
// These are exported so that they stay functions of their own. Inlined, their loops would not fit the
// registers.
export { addRows, addRowsTwice } from './narrow';
