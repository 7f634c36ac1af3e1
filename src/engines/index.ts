export { CHILD_NICENESS, CHILD_START_TIMEOUT_MS } from './processes/child-options.js';
export { SupervisedChild } from './processes/supervisor.js';
export type { CallOptions } from './processes/job.js';
export { childEntry } from './processes/spawn.js';
export { runInOwnChild } from './processes/one-job.js';
export type * from './engine-port.js';
export {
  CATALOGUE,
  addModel,
  CHINESE_MODEL,
  ENGLISH_MODEL,
  findModel,
  SPEAKER_MODELS,
  TURN_MODEL,
  type AsrModel,
  type CatalogueModel,
  type TtsModel,
} from './models/catalogue.js';
export { modelsInFolders } from './models/folders.js';
export { chooseModels, languageClass, speaks } from './models/choose-model.js';
export type * from './models/store-port.js';
export { isOnline } from './models/spec.js';
export { createSherpaEngine, type SherpaEngineOptions } from './sherpa/sherpa-engine.js';
export { type ReachedCost, reachedCost } from './sherpa/reached-costs.js';
export { PINNED_SHERPA, runtimeText, sherpaVersion, type SpeechRuntime, speechRuntime } from './sherpa/runtime.js';
export type {
  AsrAnswer,
  AsrCall,
  SpeakerAnswer,
  SpeakerCall,
  TtsAnswer,
  TtsCall,
  TtsPart,
} from './sherpa/sherpa-protocol.js';
export { replicated, type EngineProcess } from './processes/replicas.js';
export { LearnedCost } from './processes/learned-cost.js';
export { createModelStore, inspectModel, installMadeModel, type ModelInspection } from './models/open-store.js';
export { removeRewrittenFiles } from './models/rewritten-files.js';
export { type CheckedFile } from './models/checked-file.js';
export { HashedFile, type FileRecord } from './models/hashed-file.js';
