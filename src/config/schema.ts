import { z } from 'zod';
import { type ProviderRegistry, described, text, toolsSchema, words } from '../providers/index.js';
import { PROFILES } from './profiles.js';
import { knowledge, memory, pacing, session, vad, voiceprint } from './sections/conversation.js';
import { costsSchema } from './sections/costs.js';
import { admin, auth, server, wyoming } from './sections/network.js';
import {
  backup,
  firmware,
  history,
  load,
  log,
  metrics,
  models,
  store,
  telemetry,
  upkeep,
} from './sections/operations.js';
import { mcp, vision } from './sections/tools.js';
import { llmOf } from './sections/language-model.js';
import { realtimeOf } from './sections/realtime.js';
import { asrOf } from './sections/recognition.js';
import { ttsOf } from './sections/voice.js';
import { autoOr } from './sections/shared.js';

/**
 * The schema of the whole configuration, with each field's default and description. `config schema` and
 * docs/configuration.md use the descriptions. The settings of providers are in src/providers/. Numbers without another
 * source come from docs/architecture.md or from the project's start. docs/configuration.md shows them.
 *
 * A running server uses new values of sections and keys with `meta({ live: true })`. Other keys take effect after a
 * restart.
 */

const profile = described(
  z
    .enum(['auto', ...PROFILES])
    .default('auto')
    .meta({ live: true }),
  'auto: what this machine carries, measured. 2c4g, 4c8g, 8c16g: careful fixed values for a ' +
    'machine of so many cores and GB; keys that are set beside it win. `chorus profile` shows them ' +
    'all.',
  'auto：按实测，这台机器能带多少就带多少。2c4g、4c8g、8c16g：为相应核数和内存（GB）的机器准备的保守定值；' +
    '旁边另行设置的配置项优先。`chorus profile` 列出全部内容。',
);

const maxConcurrentSessions = described(
  autoOr(10_000).meta({ live: true }),
  'Devices that may talk at the same time; the next one is asked to wait. auto: what this machine ' +
    'carries (load.target).',
  '可以同时对话的设备数；再多的设备会被告知稍等。auto：这台机器带得动多少就是多少（load.target）。',
);

const plugins = described(
  z
    .array(text(214).regex(/^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/))
    .max(64)
    .default([])
    .meta({ examples: [['chorus-voice-acme']] }),
  'Installed npm packages that add voices, recognisers, language models and tools ' +
    '(docs/plugins.md). A plug-in runs with all rights of the server: name only those that you trust.',
  '已安装的 npm 包，可增加声音、识别、大模型和工具（docs/plugins.zh-CN.md）。插件拥有服务器的全部权限，' +
    '只写你信任的。',
);

const REALTIME = words(
  'Models that take speech and answer with speech, for agents (docs/models.md).',
  '直接听、直接说的模型，供智能体选用（docs/models.zh-CN.md）。',
);
const WYOMING = words(
  'Recognition and voices for Home Assistant (docs/wyoming.md).',
  '给 Home Assistant 用的识别和声音（docs/wyoming.zh-CN.md）。',
);

export const schemaOf = (providers: ProviderRegistry) =>
  z.strictObject({
    profile,
    max_concurrent_sessions: maxConcurrentSessions,
    server: server.prefault({}).meta(words('Addresses and limits of the network side.', '网络方面的地址和限制。')),
    auth: auth.prefault({}).meta(words('Rules by which devices may talk.', '哪些设备可以对话。')).meta({ live: true }),
    admin: admin
      .prefault({})
      .meta(words('The page and its API (docs/admin-api.md).', '页面和它的接口（docs/admin-api.md）。'))
      .meta({ live: true }),
    session: session.prefault({}).meta(words('How a conversation goes.', '一次对话怎样进行。')).meta({ live: true }),
    memory: memory.prefault({}).meta(words('Memory beyond a conversation.', '跨对话的记忆。')).meta({ live: true }),
    knowledge: knowledge.prefault({}).meta(words('Documents that are known.', '知识库。')).meta({ live: true }),
    voiceprint: voiceprint.prefault({}).meta(words('Who speaks.', '说话的人是谁。')).meta({ live: true }),
    llm: llmOf(providers)
      .prefault({})
      .meta(words('The language model that answers.', '回答问题的大模型。'))
      .meta({ live: true }),
    tts: ttsOf(providers).prefault({}).meta(words('The voice.', '声音。')).meta({ live: true }),
    asr: asrOf(providers).prefault({}).meta(words('Speech recognition.', '语音识别。')).meta({ live: true }),
    realtime: realtimeOf(providers).prefault({}).meta(REALTIME).meta({ live: true }),
    costs: costsSchema,
    vad: vad
      .prefault({})
      .meta(words('When somebody speaks and when they have finished.', '什么时候算开始说话，什么时候算说完。')),
    tools: toolsSchema,
    models: models.prefault({}).meta(words('Fetching of local models.', '本地模型的下载。')),
    pacing: pacing
      .prefault({})
      .meta(words("How far ahead sound is sent; the device's buffer is small.", '声音提前发送多少；设备的缓冲很小。'))
      .meta({ live: true }),
    load: load.prefault({}).meta(words('How much of this machine is used.', '用掉这台机器的多少。')),
    metrics: metrics.prefault({}).meta(words('Measurements for operators.', '给运维人员的指标。')),
    telemetry: telemetry.prefault({}).meta(words('Traces for operators.', '给运维人员的链路追踪。')),
    firmware: firmware
      .prefault({})
      .meta(words('Firmware updates of devices (docs/firmware.md).', '设备的固件升级（docs/firmware.zh-CN.md）。'))
      .meta({ live: true }),
    log: log.prefault({}).meta(words('The log.', '日志。')),
    store: store.prefault({}).meta(words('The database of devices.', '设备的数据库。')),
    history: history.prefault({}).meta(words('Turns of the past.', '以往的对话记录。')).meta({ live: true }),
    upkeep: upkeep.prefault({}).meta(words('Regular upkeep.', '定期维护。')).meta({ live: true }),
    backup: backup.prefault({}).meta(words('Safety copies.', '备份。')).meta({ live: true }),
    mcp: mcp
      .prefault({})
      .meta({ ...words('MCP servers whose tools are offered.', '提供工具的 MCP 服务器。'), live: true }),
    vision: vision
      .prefault({})
      .meta(words('Pictures of devices with a camera (docs/tools.md).', '带摄像头设备的图片（docs/tools.zh-CN.md）。'))
      .meta({ live: true }),
    wyoming: wyoming.prefault({}).meta(WYOMING),
    plugins,
  });

/** The loader freezes every object of this type. */
export type Config = z.output<ReturnType<typeof schemaOf>>;
