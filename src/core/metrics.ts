import { both } from './language.js';
import type { MetricDefinition } from './metric-definition.js';
import { PROCESS_METRICS } from './process-metrics.js';
import { SPEAKING_METRICS } from './speaking-metrics.js';

// docs/metrics.md is generated from this table. Labels are bounded sets of words, never device ids.

const STAGE_BUCKETS_MS = [
  10, 25, 50, 100, 150, 200, 300, 400, 500, 650, 800, 1000, 1300, 1600, 2000, 3000, 5000, 8000, 15_000,
];

const KIND = 'asr, tts';
const PAID = both('Use of services with a key.', '带密钥的服务的用量。');

export const METRICS = {
  chorus_build_info: {
    type: 'gauge',
    help: both('Always 1.', '恒为 1。'),
    labels: { version: both('of Chorus', 'Chorus 的版本'), node: both('of Node.js', 'Node.js 的版本') },
  },
  chorus_connections: { type: 'gauge', help: both('Open device connections.', '打开的设备连接数。') },
  chorus_connections_limit: {
    type: 'gauge',
    help: both(
      'Device connections that the server accepts at once (server.max_connections).',
      '服务器同时接受的设备连接数（server.max_connections）。',
    ),
  },
  chorus_handshakes_total: {
    type: 'counter',
    help: both('WebSocket handshakes by result.', 'WebSocket 握手，按结果。'),
    labels: { result: both('accepted, or why not', 'accepted，或不接受的原因') },
  },
  chorus_ota_requests_total: {
    type: 'counter',
    help: both('OTA requests by result.', 'OTA 请求，按结果。'),
    labels: { result: 'bound, pairing, too_many_codes, rate_limited, bad_request, no_address, activate_…' },
  },
  chorus_firmware_total: {
    type: 'counter',
    help: both(
      'Results of firmware updates: offered, downloaded (all of it), ' +
        'confirmed (a device came back with it), returned (without it), halted (a release that was taken back), ' +
        'refused (a download without a valid address, or too many at a time).',
      '固件升级的经过：offered 已告知设备，downloaded 全部下载，confirmed 设备带着它回来，returned 没带着它回来，halted 停止推送一个固件，' +
        'refused 地址无效或同时下载的太多而拒绝。',
    ),
    labels: { result: 'offered, downloaded, confirmed, returned, halted, refused' },
  },
  chorus_messages_ignored_total: {
    type: 'counter',
    help: both('Device messages that were dropped, by reason.', '被丢弃的设备消息，按原因。'),
    labels: { reason: both('what was wrong with them', '哪里不对') },
  },

  chorus_sessions_talking: {
    type: 'gauge',
    help: both('Devices with a turn in progress.', '正在进行一轮对话的设备数。'),
  },
  chorus_conversations: {
    type: 'gauge',
    help: both(
      'Devices in a conversation: a turn in progress, or one in the last 15 s.',
      '在对话中的设备数：正在进行一轮，或最近 15 秒内有过一轮。',
    ),
  },
  chorus_talking_limit: {
    type: 'gauge',
    help: both('Devices that may be in a conversation at once.', '可以同时对话的设备数。'),
  },
  chorus_talking_limit_reason: {
    type: 'gauge',
    help: both('1 for what sets that limit, 0 for the others.', '决定这个上限的原因为 1，其余为 0。'),
    labels: { reason: 'configured, cpu, memory' },
  },
  chorus_load_predicted_ratio: {
    type: 'gauge',
    help: both(
      'CPU that the conversations are expected to take, as a share of what others leave of it; ' +
        'load.target is its bound.',
      '预计各对话占用的 CPU，占别人用剩部分的比例；load.target 是它的上限。',
    ),
  },
  chorus_load_cost_cores: {
    type: 'gauge',
    help: both('Cores that one conversation takes, as far as is known.', '一次对话占用的核数，按目前所知最准的来源。'),
    labels: { source: 'table, self_test, measured' },
  },
  chorus_load_strained: {
    type: 'gauge',
    help: both(
      '1 while the machine is at its limits, so that conversations begin only up to half of the limit.',
      '机器到了极限时为 1，这时只在上限的一半以内开始新的对话。',
    ),
  },
  chorus_admission_total: {
    type: 'counter',
    help: both('Admission decisions: at once, after a wait, refused.', '接纳的决定：立即、等待之后、拒绝。'),
    labels: { result: 'admitted, waited, refused' },
  },
  chorus_admission_refused_total: {
    type: 'counter',
    help: both(
      'Devices turned away, by what there was no room for: ' +
        'max_concurrent_sessions, predicted load, a crowd that waits for its first sound, a strained machine, ' +
        'a place kept for a device that was turned away ten times.',
      '被拒绝的设备，按缺少什么：max_concurrent_sessions、预计的负载、一群人都在等第一声、机器吃紧、为被拒绝过十次的设备留的位置。',
    ),
    labels: { reason: 'sessions, load, crowd, strain, owed' },
  },
  chorus_turns_total: {
    type: 'counter',
    help: both('Turns by how they ended.', '各轮对话，按怎样结束。'),
    labels: { outcome: 'answered, interrupted, failed, not_understood, empty, exit, busy, abandoned, played' },
  },
  chorus_turn_errors_total: {
    type: 'counter',
    help: both(
      'Turns that failed, by the code of the error (docs/errors.md).',
      '失败的各轮，按错误码（docs/errors.zh-CN.md）。',
    ),
    labels: { code: both('a row of docs/errors.md', 'docs/errors.zh-CN.md 的一行') },
  },
  chorus_history_turns_total: {
    type: 'counter',
    help: both(
      'Turns for the history (history.keep_days): kept, or dropped because the database was away for too long.',
      '进入历史记录的对话轮数（history.keep_days）：已保存，或因数据库长时间不可用而丢弃。',
    ),
    labels: { result: 'kept, dropped' },
  },
  chorus_history_audio_total: {
    type: 'counter',
    help: both(
      'Sides of turns whose audio was for the history (history.audio): kept, or dropped because the disk or the ' +
        'database was full, slow or away.',
      '要存进历史记录的录音（history.audio），一轮的每一方算一条：已保存，或因磁盘、数据库已满、太慢或不可用而丢弃。',
    ),
    labels: { result: 'kept, dropped' },
  },
  chorus_store_up: {
    type: 'gauge',
    help: both(
      '1 while the database can be reached; the embedded one always can.',
      '能连上数据库时为 1；内置的数据库总能连上。',
    ),
  },
  chorus_turn_stage_seconds: {
    type: 'histogram',
    help: both('Duration of each stage of a turn.', '一轮对话每个阶段的时长。'),
    labels: {
      stage:
        'endpoint, admission, asr_wait, asr_run, transcript, llm_first_token, llm_first_chunk, llm_answer, ' +
        'tts_first_audio, first_packet, speech_end_to_first_packet',
    },
    bucketsMs: STAGE_BUCKETS_MS,
  },

  chorus_uplink_dropped_total: {
    type: 'counter',
    help: both('Uplink packets dropped because a queue was full.', '因队列已满而丢弃的上行包。'),
  },
  chorus_opus_errors_total: {
    type: 'counter',
    help: both('Uplink packets that did not decode; each counts as silence.', '无法解码的上行包；每个按静音处理。'),
  },
  chorus_vad_windows_total: {
    type: 'counter',
    help: both('Voice activity windows evaluated.', '判断过的语音活动窗口数。'),
  },

  chorus_slots: { type: 'gauge', help: both('CPU slots for local inference.', '用于本地推理的 CPU 槽位数。') },
  chorus_slots_busy: { type: 'gauge', help: both('CPU slots in use.', '正在使用的 CPU 槽位数。') },
  chorus_queue_depth: {
    type: 'gauge',
    help: both('Jobs waiting for a CPU slot.', '等待 CPU 槽位的任务数。'),
    labels: { kind: KIND },
  },
  chorus_queue_wait_seconds: {
    type: 'histogram',
    help: both('Time a job waited for a CPU slot.', '任务等待 CPU 槽位的时间。'),
    labels: { kind: KIND },
    bucketsMs: STAGE_BUCKETS_MS,
  },
  chorus_job_run_seconds: {
    type: 'histogram',
    help: both('Time a job spent inside its slot.', '任务在槽位里的时间。'),
    labels: { kind: KIND },
    bucketsMs: STAGE_BUCKETS_MS,
  },
  chorus_job_predicted_seconds_total: {
    type: 'counter',
    help: both(
      'Time that jobs were expected to spend inside their slots; ' +
        'beside chorus_job_run_seconds_sum it shows whether the cost model is right on the whole.',
      '预计任务在槽位里的时间；与 chorus_job_run_seconds_sum 对照，可以看出成本模型总体上准不准。',
    ),
    labels: { kind: KIND },
  },
  chorus_job_prediction_error_seconds: {
    type: 'histogram',
    help: both(
      'By how much the time inside the slot differed from what was expected, either way.',
      '槽位里的时间与预计相差多少，不论长短。',
    ),
    labels: { kind: KIND },
    bucketsMs: STAGE_BUCKETS_MS,
  },
  chorus_jobs_total: {
    type: 'counter',
    help: both('Inference jobs by kind and result.', '推理任务，按种类和结果。'),
    labels: { kind: KIND, result: both('done, or the reason why not', 'done，或没有完成的原因') },
  },
  chorus_job_starts_total: {
    type: 'counter',
    help: both(
      'Inference jobs that got a slot, by why it was their turn: a device would be heard to stutter, they had waited ' +
        'for 5 s, they were late already, their time was still to come, or no device waited for them (guess).',
      '得到槽位的推理任务，按轮到它的原因：设备的声音快要断了（playing）、已经等了 5 秒（starving）、已经晚了（late）、时间还没到（early）、没有设备在等（guess）。',
    ),
    labels: { kind: KIND, urgency: 'playing, starving, late, early, guess' },
  },
  chorus_fairness_jain_ratio: {
    type: 'gauge',
    help: both(
      'How evenly the inference time of the last minutes is spread over the devices that had any (Jain’s ' +
        'index): 1 is all alike, one in so many devices is that one had it all.',
      '最近几分钟的推理时间在用到它的设备之间分得有多均匀（Jain 指数）：1 是完全一样，设备数分之一是被一台独占。',
    ),
  },
  chorus_fairness_largest_share_ratio: {
    type: 'gauge',
    help: both('Share of that time of the device that had most.', '这段时间里用得最多的那台设备所占的部分。'),
  },
  chorus_asr_audio_seconds_total: {
    type: 'counter',
    help: both(
      'Speech that recognition has gone through, also where it was cancelled meanwhile, ' +
        'by whether the end of the utterance was certain.',
      '识别处理过的语音时长（中途取消的也算），按当时是否确定已经说完。',
    ),
    labels: { when: 'final, speculative' },
  },
  chorus_asr_fallback_total: {
    type: 'counter',
    help: both(
      "Utterances for which the server's recogniser took the place of the one that an agent has chosen: " +
        'it failed, or is not in asr.services (unknown).',
      '智能体选用的识别器没有用上、改由服务器的识别器识别的话：它出错了，或不在 asr.services 里（unknown）。',
    ),
    labels: { reason: 'failed, unknown' },
  },
  chorus_wyoming_requests_total: {
    type: 'counter',
    help: both('Requests of other programs (wyoming.listen) by result.', '其他程序（wyoming.listen）的请求，按结果。'),
    labels: { kind: 'asr, tts, other', result: 'done, busy, failed, cancelled, refused' },
  },
  chorus_service_wait_seconds: {
    type: 'histogram',
    help: both(
      'Wait until a recognition, voice or realtime service may be asked, which takes only so many requests at a time.',
      '等待请求语音识别、语音合成或实时语音服务的时间；服务同时只接受一定数量的请求。',
    ),
    labels: { kind: KIND, service: both('id of the provider', '提供者的编号') },
    bucketsMs: STAGE_BUCKETS_MS,
  },
  chorus_speculation_seconds_total: {
    type: 'counter',
    help: both(
      'Time such recognitions took: used is what was not waited for afterwards, wasted what was done for nothing.',
      '这类识别花的时间：used 是之后省下的等待，wasted 是白做的。',
    ),
    labels: { result: 'used, wasted' },
  },
  chorus_speculation_total: {
    type: 'counter',
    help: both(
      'Recognitions asked for before the end of the utterance was certain; ' +
        'wasted are also those that were taken back before they had begun.',
      '在确定说完之前请求的识别；wasted 也包括还没开始就被撤回的。',
    ),
    labels: { result: 'used, wasted, dropped' },
  },

  chorus_barge_ins_total: {
    type: 'counter',
    help: both(
      'Speech over an answer, by whether it stopped the answer, was a sound or a short "uh-huh" (ignored), ' +
        'or went on with a question that was taken to be over (continued).',
      '在回答中听到的说话声：打断了回答（interrupted），只是声响或"嗯"（ignored），或者问题还没说完、接着说（continued）。',
    ),
    labels: { result: 'interrupted, ignored, continued' },
  },
  chorus_turn_prosody_total: {
    type: 'counter',
    help: both(
      'Questions to the model of the end of turns (vad.smart_turn), by its answer, or by the reason for having none: ' +
        'not loaded (unavailable), above vad.smart_turn_load (load), no idle CPU slot (busy), too late (slow), failed.',
      '问停顿判断模型（vad.smart_turn）的次数，按回答分；没有回答时按原因分：没有载入（unavailable）、' +
        '高于 vad.smart_turn_load（load）、没有空闲的 CPU 槽位（busy）、太迟（slow）、出错（failed）。',
    ),
    labels: { result: 'complete, incomplete, broken_off, unavailable, load, busy, slow, failed' },
  },
  chorus_overheard_total: {
    type: 'counter',
    help: both(
      'Utterances that were not answered because they were probably not said to the device ' +
        '(session.ignore_overheard), by the reason.',
      '认为不是对设备说的、因而没有回答的话（session.ignore_overheard），按原因。',
    ),
    labels: { reason: 'echo, language, background, noise' },
  },
  chorus_llm_fallback_total: {
    type: 'counter',
    help: both(
      'Answers that the fallback language model was asked for, because the first one failed, ' +
        'or is left alone for a while (open).',
      '改问备用大模型的回答数：第一个失败了，或正被搁置一段时间（open）。',
    ),
    labels: { reason: 'failed, open' },
  },
  chorus_realtime_answers_total: {
    type: 'counter',
    help: both(
      'Answers of realtime models; failed: recognition, language model and voice took their place.',
      '实时语音模型的回答数；failed：改由识别、大模型和声音回答。',
    ),
    labels: { service: both('id of the provider', '提供者的编号'), result: 'answered, failed, interrupted' },
  },
  chorus_llm_tokens_total: {
    type: 'counter',
    help: both('Tokens reported by the language model.', '大模型报告的 token 数。'),
    labels: { direction: 'input, output' },
  },
  chorus_paid_units_total: {
    type: 'counter',
    help: PAID,
    labels: { provider: 'volcengine, …', unit: 'characters, …' },
  },
  chorus_llm_speculation_total: {
    type: 'counter',
    help: both(
      'Answers begun before the end of the utterance was certain: ' +
        'hit (used), miss (aborted), dropped (refused or failed), limit (not begun: llm.speculative_tokens).',
      '在确定说完之前开始的回答：hit（用上了）、miss（中止）、dropped（被拒绝或失败）、limit（没有开始：llm.speculative_tokens）。',
    ),
    labels: { result: 'hit, miss, dropped, limit' },
  },
  chorus_llm_speculation_saved_seconds_total: {
    type: 'counter',
    help: both('By how much sooner the answers that were used had been begun.', '用上的回答因提前开始而早了多久。'),
  },
  chorus_tts_speculation_total: {
    type: 'counter',
    help: both(
      'First sentences of such answers that the voice made meanwhile: ' +
        'used, wasted (more was said), dropped (the voice failed, or others needed its place).',
      '这类回答的第一句里声音已提前合成的：used（用上了）、wasted（又说了别的）、dropped（声音失败，或别人需要它的位置）。',
    ),
    labels: { result: 'used, wasted, dropped' },
  },
  chorus_llm_wasted_tokens_total: {
    type: 'counter',
    help: both(
      'Tokens of such answers that were not used; estimated where the model did not report them.',
      '这类回答里没有用上的 token；模型没有报告时为估计值。',
    ),
    labels: { direction: 'input, output' },
  },
  ...SPEAKING_METRICS,
  ...PROCESS_METRICS,
} as const satisfies Record<`chorus_${string}`, MetricDefinition>;
