// Core
export { Seq2SeqError, type ErrorCode } from './core/errors.js';
export { createRandom, type Random, type RandomState } from './core/random.js';
export type { TensorContainer } from './core/containers.js';
export type { JsonObject, JsonValue } from './core/json.js';
export {
  constantInitializer,
  createParameters,
  normalInitializer,
  uniformInitializer,
  type Initializer,
  type NamedVariables,
  type ParameterBudget,
  type ParameterSet,
} from './core/parameters.js';

// Contracts
export type {
  Attention,
  AttentionResult,
  AttentionSpec,
  AttentionWiring,
  PreparedMemory,
} from './contracts/attention.js';
export type { Batch } from './contracts/batch.js';
export type { Block, BlockSpec, BlockWiring, ForwardOptions } from './contracts/block.js';
export type { Bridge, BridgeSpec, BridgeWiring } from './contracts/bridge.js';
export type { Context, LayerState, StateShape } from './contracts/context.js';
export type {
  AttentionPlacement,
  Decoder,
  DecoderSpec,
  DecoderStart,
  DecoderWiring,
  Forcing,
} from './contracts/decoder.js';
export type {
  EncodeOptions,
  Encoder,
  EncoderSpec,
  EncoderWiring,
  SequenceKind,
} from './contracts/encoder.js';
export type {
  FrameGenerationOptions,
  FrameStepFunction,
  GeneratedFrames,
  StreamedFrame,
} from './contracts/frameGeneration.js';
export type {
  GenerationOptions,
  LengthPenalty,
  SourceLengthMultiple,
  StepReport,
  TextGenerationOptions,
  UnknownReplacement,
} from './contracts/generationOptions.js';
export type { FinishReason, Hypothesis } from './contracts/hypothesis.js';
export type { LogitsProcessor, ProcessorContext, ProcessorRow } from './contracts/logitsProcessor.js';
export type { StoppingCandidate, StoppingCriterion } from './contracts/stoppingCriterion.js';
export type { StepFunction, StepResult } from './contracts/stepFunction.js';
export type { SearchSetup, Strategy, StreamedToken } from './contracts/strategy.js';
export type { Tokenizer, TokenizerJson } from './contracts/tokenizer.js';
export type { LossOptions, Trainable } from './contracts/trainable.js';

// Data
export { Vocab, type VocabJson, type VocabOptions } from './data/vocab.js';
export type { SpecialToken, SpecialTokenName, SpecialTokens } from './data/specialTokens.js';
export { padSequences, type PaddedSequences, type PadOptions } from './data/padSequences.js';
export type { PaddingSide } from './data/padding.js';
export { collate, type CollateOptions } from './data/collate.js';
export type { SourceBatch } from './data/batchOf.js';
export { collateSource } from './data/collateSource.js';
export type { SequenceOptions as SideOptions } from './data/sequenceOptions.js';
export { batches } from './data/batches.js';
export type { BatchOptions, ExampleLengths } from './data/batchIndices.js';
export { planBatches } from './data/planBatches.js';
export type { Example, Frames, Ids } from './data/example.js';

// Tokenizers
export { whitespaceTokenizer } from './data/tokenizers/whitespaceTokenizer.js';
export { charTokenizer } from './data/tokenizers/charTokenizer.js';
export { wordTokenizer } from './data/tokenizers/wordTokenizer.js';
export type { NormalizationOptions } from './data/tokenizers/normalizeText.js';
export { segmenterTokenizer, type SegmenterOptions } from './data/tokenizers/segmenterTokenizer.js';
export { bpeTokenizer, type BpeTokenizerOptions } from './data/tokenizers/bpeTokenizer.js';
export { learnBpe, type BpeMerge, type LearnBpeOptions } from './data/tokenizers/learnBpe.js';
export { parseBpeCodes } from './data/tokenizers/parseBpeCodes.js';
export { jiebaTokenizer, type Jieba, type JiebaOptions } from './data/tokenizers/jiebaTokenizer.js';
export {
  huggingFaceTokenizer,
  type HuggingFaceOptions,
  type HuggingFaceTokenizer,
} from './data/tokenizers/huggingFaceTokenizer.js';
export { customTokenizer, type CustomTokenizerOptions } from './data/tokenizers/customTokenizer.js';
export { tokenizerFromJSON, type HandedTokenizers } from './data/tokenizers/tokenizerFromJSON.js';

// Operations
export { embeddingLookup } from './ops/embeddingLookup.js';
export { linear } from './ops/linear.js';
export { recurrentSequence } from './ops/recurrent/recurrentSequence.js';
export type { RecurrentSequenceInputs, RecurrentSequenceResult } from './ops/recurrent/operation.js';
export {
  recurrentLayers,
  type RecurrentLayersInputs,
  type RecurrentLayersResult,
  type RecurrentLayerWeights,
  type RecurrentStack,
} from './ops/recurrent/recurrentLayers.js';
export type { RecurrentCell } from './ops/recurrent/cells.js';
export type { CrossEntropyOptions, Reduction } from './ops/crossEntropy/rows.js';
export {
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyOptions,
} from './ops/crossEntropy/softmaxCrossEntropy.js';
export {
  projectedCrossEntropy,
  type ProjectedCrossEntropyOptions,
} from './ops/crossEntropy/projectedCrossEntropy.js';
export { additiveScores } from './ops/additiveScores.js';
export { maskedSoftmax } from './ops/maskedSoftmax.js';
export { attentionContext as weightedMemory } from './ops/attentionContext.js';
export { causalMask } from './ops/causalMask.js';
export { sinusoidalPositions } from './ops/sinusoidalPositions.js';
export { layerNorm } from './ops/layerNorm.js';
export { convolution1d } from './ops/convolution1d.js';
export { maskedMax, maskedMean } from './ops/maskedPooling.js';
export { gatherTokens, realTokens, repeatForTokens, type RealTokens } from './ops/realTokens.js';

// Blocks
export { recurrentEncoder, type RecurrentEncoderOptions } from './encoders/recurrentEncoder.js';
export { convolutionalEncoder, type ConvolutionalEncoderOptions } from './encoders/convolutionalEncoder.js';
export { transformerEncoder } from './encoders/transformerEncoder.js';
export { transformerEncoderLayer, type TransformerEncoderLayer } from './encoders/transformerEncoderLayer.js';
export type { HeadMemory } from './modules/multiHead.js';
export type { PositionKind } from './modules/positions.js';
export type { TransformerLayerOptions, TransformerOptions } from './modules/transformerOptions.js';
export type { RecurrentOptions } from './modules/recurrentOptions.js';
export { passBridge } from './bridges/passBridge.js';
export { zeroBridge } from './bridges/zeroBridge.js';
export { linearBridge, type LinearBridgeOptions } from './bridges/linearBridge.js';
export { recurrentDecoder } from './decoders/recurrentDecoder.js';
export type { DecoderInput, DecoderReadout, RecurrentDecoderOptions } from './decoders/recurrent/options.js';
export { transformerDecoder, type TransformerDecoderOptions } from './decoders/transformerDecoder.js';
export type { TransformerDecoderConstants, TransformerDecoderState } from './decoders/transformer/stack.js';
export {
  transformerDecoderLayer,
  type TransformerDecoderLayer,
  type TransformerDecoderLayerWiring,
} from './decoders/transformerDecoderLayer.js';
export {
  bahdanauAttention,
  type BahdanauAttentionOptions,
  type BahdanauMemory,
} from './attention/bahdanauAttention.js';
export {
  luongAttention,
  type LuongAttentionOptions,
  type LuongMemory,
  type LuongScore,
} from './attention/luongAttention.js';
export {
  scaledDotProductAttention,
  type ScaledDotProductMemory,
} from './attention/scaledDotProductAttention.js';
export {
  multiHeadAttention,
  type MultiHeadAttention,
  type MultiHeadAttentionOptions,
  type MultiHeadAttentionResult,
  type MultiHeadMemory,
} from './attention/multiHeadAttention.js';

// Training
export { constantRatio } from './training/teacherForcing/constantRatio.js';
export { linearDecay, type LinearDecayOptions } from './training/teacherForcing/linearDecay.js';
export {
  exponentialDecay,
  type ExponentialDecayOptions,
} from './training/teacherForcing/exponentialDecay.js';
export {
  inverseSigmoidDecay,
  type InverseSigmoidDecayOptions,
} from './training/teacherForcing/inverseSigmoidDecay.js';
export type { ForcingSchedule, ForcingScheduleJson } from './training/teacherForcing/forcingSchedule.js';
export {
  drawTeacherForcingMask as decideForcing,
  type ForcingDecision,
  type ForcingUnit,
} from './training/teacherForcing/drawTeacherForcingMask.js';
export {
  crossEntropy,
  type CrossEntropyLossOptions,
  type Loss,
  type LossInputs,
} from './training/losses/crossEntropy.js';
export {
  frameLoss,
  type FrameLoss,
  type FrameLossInputs,
  type FrameLossOptions,
} from './training/losses/frameLoss.js';
export { stopTargets } from './training/losses/stopTargets.js';
export { adam, type AdamOptions } from './training/optimizers/adam.js';
export { sgd, type SgdOptions } from './training/optimizers/sgd.js';
export type {
  LearningRate,
  Optimizer,
  OptimizerState,
  UpdateOptions,
} from './training/optimizers/optimizer.js';
export { clipByGlobalNorm, type ClippedGradients } from './training/clipByGlobalNorm.js';
export { clipScale } from './training/clipScale.js';
export { globalNorm } from './training/globalNorm.js';
export { computeGradients, type LossAndGradients, type NamedTensors } from './training/computeGradients.js';
export { train } from './training/trainer.js';
export type { Disposable, StepEvent, TrainOptions } from './training/trainOptions.js';
export type { EpochRecord, History } from './training/history.js';
export { TrainingStoppedError } from './training/trainingStoppedError.js';

// Generation
export { greedy, greedySearch, type GreedyOptions } from './decoding/greedySearch.js';
export { beam, beamSearch, type BeamOptions } from './decoding/beamSearch.js';
export { sample, sampleSearch, type SampleOptions } from './decoding/sampleSearch.js';
export { allowTokens } from './decoding/processors/allowTokens.js';
export { banRepeatedNgrams } from './decoding/processors/banRepeatedNgrams.js';
export type { IdSequences } from './decoding/processors/idSequences.js';
export { banSequences } from './decoding/processors/banSequences.js';
export { banTokens } from './decoding/processors/banTokens.js';
export { forcePrefix, type Prefixes } from './decoding/processors/forcePrefix.js';
export { keepTopK } from './decoding/processors/keepTopK.js';
export { keepTopP } from './decoding/processors/keepTopP.js';
export { minimumLength } from './decoding/processors/minimumLength.js';
export { penalizeRepetition } from './decoding/processors/penalizeRepetition.js';
export { scaleTemperature } from './decoding/processors/scaleTemperature.js';
export { stopAtLoop, type LoopLimits } from './decoding/stopping/stopAtLoop.js';
export { stopAtSequences } from './decoding/stopping/stopAtSequences.js';
export { ensembleStep, type EnsembleOptions } from './decoding/ensembleStep.js';
export { replaceUnknown, type UnknownContext } from './decoding/replaceUnknown.js';

// Metrics
export type { BleuScore } from './metrics/bleuScore.js';
export { corpusBleu, type CorpusBleuOptions } from './metrics/corpusBleu.js';
export type { BleuTokenizer } from './metrics/bleuTokenizer.js';
export type { ErrorRate } from './metrics/errorRate.js';
export type { Segment } from './metrics/segments.js';
export { wordErrorRate } from './metrics/wordErrorRate.js';
export { characterErrorRate } from './metrics/characterErrorRate.js';
export { editDistance } from './metrics/editDistance.js';
export { perplexity } from './metrics/perplexity.js';
export { tokenAccuracy, type Accuracy, type AccuracyOptions } from './metrics/tokenAccuracy.js';
export { exactMatch } from './metrics/exactMatch.js';

// Pictures
export { attentionHeatmap, type AttentionHeatmapOptions } from './visualize/attentionHeatmap.js';
export type { AttendedOutput } from './visualize/readAttended.js';
export { lossCurve, type LossCurveOptions } from './visualize/lossCurve.js';
export type { LossRecord } from './visualize/readCurves.js';

// Model
export { seq2seq } from './builder/seq2seq.js';
export type {
  AttentionOptions,
  ModelOf,
  RequiredCall,
  Seq2SeqBuilder,
  TeacherForcingOptions,
} from './builder/seq2seq.js';
export type { BuildOptions, ModelBase } from './model/modelBase.js';
export type { NamedWeights, SetWeightsOptions, WeightValues } from './model/weights/setWeights.js';
export type { Seq2SeqModel } from './model/seq2seqModel.js';
export type { FrameModel } from './model/frameModel.js';
export type { FrameEvaluateOptions, FrameEvaluation } from './model/evaluation/evaluateFrames.js';
export type { StartedFrames } from './model/generation/generateFrames.js';
export type {
  FrameSide,
  ModelParts,
  SourceSide,
  SourceTextSide,
  TargetSide,
  TextSide,
} from './model/modelParts.js';
export type { FramePair, Pair, SequenceInput } from './model/input/encodeInput.js';
export type { FitOptions } from './model/fit.js';
export type { EvaluateOptions, Evaluation } from './model/evaluation/evaluateText.js';
export type { GenerateBatchOptions, TextHypothesis } from './model/generation/generateText.js';
export type { GenerationMethods } from './model/generation/generationMethods.js';
export type { TextToken } from './model/generation/streamText.js';
export type { Score } from './model/evaluation/score.js';
export type { Alignment } from './model/evaluation/align.js';
export { ensemble, type Ensemble } from './model/ensemble.js';
export type { StartedDecoding } from './model/generation/textGenerator.js';
export type { ModelSummary, ParameterSummary } from './model/weights/summary.js';
export { loadSeq2Seq, type LoadOptions, type ModelByTarget } from './model/loadSeq2Seq.js';
export type { BlockFactory } from './model/blockRegistry.js';
