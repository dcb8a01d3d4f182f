export { fileSystemHandler } from './fileSystemHandler.js';
export { progressBar } from './progressBar.js';
export type { ProgressBar, ProgressBarOptions, ProgressStep, ProgressStream } from './progressBar.js';
export { readJsonl, type JsonlOptions } from './readJsonl.js';
export { readParallel, type TextPair } from './readParallel.js';
export { readTsv, type TsvOptions } from './readTsv.js';
