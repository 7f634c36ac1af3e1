import type { Check } from '../check.js';
import { addressCheck } from './address.js';
import { clockCheck } from './clock.js';
import { configurationCheck } from './configuration.js';
import { dataFolderCheck } from './data-folder.js';
import { databaseCheck } from './database.js';
import { diskCheck } from './disk.js';
import { growthCheck } from './growth.js';
import { homeAssistantCheck } from './home-assistant.js';
import { languageModelCheck } from './language-model.js';
import { mcpCheck } from './mcp.js';
import { memoryCheck } from './memory.js';
import { modelsCheck } from './models.js';
import { namesCheck } from './names.js';
import { openFilesCheck } from './open-files.js';
import { outOfMemoryCheck } from './out-of-memory.js';
import { packagesCheck } from './packages.js';
import { platformCheck } from './platform.js';
import { portCheck } from './port.js';
import { processorCheck } from './processor.js';
import { realtimeCheck } from './realtime.js';
import { recognitionCheck } from './recognition.js';
import { reachCheck } from './reach/reach.js';
import { secretsCheck } from './secrets.js';
import { serverCheck } from './server.js';
import { speechRuntimeCheck } from './speech-runtime.js';
import { toolsCheck } from './tools.js';
import { turnsCheck } from './turns.js';
import { voiceCheck } from './voice.js';

/** All checks, in the order of the report. A check precedes those whose findings it may explain. */
export const CHECKS: readonly Check[] = [
  platformCheck,
  packagesCheck,
  speechRuntimeCheck,
  configurationCheck,
  secretsCheck,
  dataFolderCheck,
  diskCheck,
  databaseCheck,
  memoryCheck,
  outOfMemoryCheck,
  processorCheck,
  openFilesCheck,
  modelsCheck,
  clockCheck,
  namesCheck,
  languageModelCheck,
  recognitionCheck,
  voiceCheck,
  realtimeCheck,
  mcpCheck,
  toolsCheck,
  homeAssistantCheck,
  portCheck,
  addressCheck,
  serverCheck,
  turnsCheck,
  growthCheck,
  reachCheck,
];
