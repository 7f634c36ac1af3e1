export { encodeClip, UPLINK_FRAME_MS, UPLINK_RATE_HZ, type Clip } from './clip.js';
export { type DeviceEvent, type DeviceMode } from './device-model.js';
export { DeviceMcp, standardTools } from './mcp-server.js';
export { Playback } from './playback.js';
export { EchoMicrophone, LiveMicrophone, type Microphone } from './microphone.js';
export { askOta, otaBody, otaHeaders, readOtaReply, type DeviceIdentityClaim, type OtaReply } from './ota-client.js';
export { SimulatedDevice, type SimulatedDeviceOptions } from './simulated-device.js';
export { isAnswered, isExcuse, isRejected, type DeviceTurn } from './device-turn.js';
export type { Violation, ViolationKind } from './violation.js';
export { firmwareWithQueue, fleetDevices, fleetIdentity } from './identity.js';
export {
  FLEET_DEFAULTS,
  fleetOptions,
  isScenario,
  SCENARIOS,
  type FleetOptions,
  type Scenario,
} from './run-options.js';
export { fleetWords } from './words.js';
export { invalidReasonInChinese } from './invalid-words.js';
export {
  fleetSchema,
  type FleetContext,
  type FleetOutcome,
  type FleetProgress,
  type FleetResult,
  type FleetSecond,
  type FleetTurn,
} from './run-result.js';
export { PERCENTILES_FROM } from '../statistics.js';
export { wordErrorRate } from './word-errors.js';
export { runFleet } from './run-fleet.js';
export { loadSpeech, type Utterance } from './speech.js';
