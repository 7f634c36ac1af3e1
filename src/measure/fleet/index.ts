export { encodeClip, silentClip, UPLINK_FRAME_MS, UPLINK_RATE_HZ, type Clip } from './clip.js';
export {
  DeviceModel,
  type DeviceEvent,
  type DeviceMode,
  type DeviceModelOptions,
  type DevicePort,
  type DeviceState,
} from './device-model.js';
export { Judge } from './judge.js';
export { DeviceMcp, standardTools, type DeviceSettings, type DeviceTool } from './mcp-server.js';
export { ClipMicrophone, EchoMicrophone, LiveMicrophone, type EchoOptions, type Microphone } from './microphone.js';
export {
  activate,
  askOta,
  otaBody,
  otaHeaders,
  readOtaReply,
  type DeviceIdentityClaim,
  type OtaOptions,
  type OtaReply,
} from './ota-client.js';
export { Playback, type PlaybackOptions } from './playback.js';
export { type SayOptions } from './said-turn.js';
export { SimulatedDevice, type SimulatedDeviceOptions } from './simulated-device.js';
export { isAnswered, isExcuse, isRejected, type TurnRecord, type TurnTimeline } from './turn-record.js';
export type { Violation, ViolationKind } from './violation.js';
export { firmwareWithQueue, fleetIdentity } from './identity.js';
export {
  CONVERSATION,
  FLEET_DEFAULTS,
  fleetOptions,
  isScenario,
  SCENARIOS,
  type ConversationShape,
  type FleetOptions,
  type Range,
  type Scenario,
} from './run-options.js';
export { OUTCOME_WORDS } from './outcome-words.js';
export { invalidReasonInChinese } from './invalid-words.js';
export {
  fleetSchema,
  type FleetContext,
  type FleetDevice,
  type FleetOutcome,
  type FleetOwn,
  type FleetProgress,
  type FleetResult,
  type FleetSecond,
  type FleetTotals,
  type FleetTurn,
  type InvalidReason,
} from './run-result.js';
export { PERCENTILES_FROM } from '../statistics.js';
export { wordErrorRate } from './word-errors.js';
export { runFleet, type FleetParts } from './run-fleet.js';
export {
  planDevice,
  plannedEndMs,
  punctualTurnMs,
  STORM_EVERY_MS,
  type DevicePlan,
  type PlannedTurn,
} from './schedule.js';
export { loadSpeech, type SpeechLibrary, type SpeechOptions, type Utterance } from './speech.js';
export { type FleetTransport } from './fleet-device.js';
