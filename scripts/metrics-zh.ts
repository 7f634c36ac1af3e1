import type { MetricName } from '../src/core/index.js';

/** What each metric is, in Chinese; the English sentences stand in core/metrics.ts. A metric without one does not compile. */
export const METRICS_ZH: Readonly<Record<MetricName, string>> = {
  chorus_build_info: '恒为 1。',
  chorus_connections: '打开的设备连接数。',
  chorus_handshakes_total: 'WebSocket 握手，按结果。',
  chorus_ota_requests_total: 'OTA 请求，按结果。',
  chorus_firmware_total:
    '固件升级的经过：offered 已告知设备，downloaded 全部下载，confirmed 设备带着它回来，returned 没带着它回来，halted 停止推送一个固件，refused 地址无效或同时下载的太多而拒绝。',
  chorus_messages_ignored_total: '被丢弃的设备消息，按原因。',

  chorus_sessions_talking: '正在进行一轮对话的设备数。',
  chorus_conversations: '在对话中的设备数：正在进行一轮，或最近 15 秒内有过一轮。',
  chorus_talking_limit: '可以同时对话的设备数。',
  chorus_talking_limit_reason: '决定这个上限的原因为 1，其余为 0。',
  chorus_load_predicted_ratio: '预计各对话占用的 CPU，占别人用剩部分的比例；load.target 是它的上限。',
  chorus_load_cost_cores: '一次对话占用的核数，按目前所知最准的来源。',
  chorus_load_strained: '机器到了极限时为 1，这时只在上限的一半以内开始新的对话。',
  chorus_admission_total: '接纳的决定：立即、等待之后、拒绝。',
  chorus_admission_refused_total:
    '被拒绝的设备，按缺少什么：max_concurrent_sessions、预计的负载、机器吃紧、为被拒绝过十次的设备留的位置。',
  chorus_turns_total: '各轮对话，按怎样结束。',
  chorus_turn_errors_total: '失败的各轮，按错误码（docs/errors.zh-CN.md）。',
  chorus_history_turns_total: '进入历史记录的对话轮数（history.keep_days）：已保存，或因数据库长时间不可用而丢弃。',
  chorus_store_up: '能连上数据库时为 1；内置的数据库总能连上。',
  chorus_turn_stage_seconds: '一轮对话每个阶段的时长。',

  chorus_uplink_dropped_total: '因队列已满而丢弃的上行包。',
  chorus_opus_errors_total: '无法解码的上行包；每个按静音处理。',
  chorus_vad_windows_total: '判断过的语音活动窗口数。',

  chorus_slots: '用于本地推理的 CPU 槽位数。',
  chorus_slots_busy: '正在使用的 CPU 槽位数。',
  chorus_queue_depth: '等待 CPU 槽位的任务数。',
  chorus_queue_wait_seconds: '任务等待 CPU 槽位的时间。',
  chorus_job_run_seconds: '任务在槽位里的时间。',
  chorus_job_predicted_seconds_total:
    '预计任务在槽位里的时间；与 chorus_job_run_seconds_sum 对照，可以看出成本模型总体上准不准。',
  chorus_job_prediction_error_seconds: '槽位里的时间与预计相差多少，不论长短。',
  chorus_jobs_total: '推理任务，按种类和结果。',
  chorus_job_starts_total:
    '得到槽位的推理任务，按轮到它的原因：设备的声音快要断了（playing）、已经等了 5 秒（starving）、已经晚了（late）、时间还没到（early）、还不知道用不用得上（guess）。',
  chorus_fairness_jain_ratio:
    '最近几分钟的推理时间在用到它的设备之间分得有多均匀（Jain 指数）：1 是完全一样，设备数分之一是被一台独占。',
  chorus_fairness_largest_share_ratio: '这段时间里用得最多的那台设备所占的部分。',
  chorus_asr_audio_seconds_total: '识别处理过的语音时长（中途取消的也算），按当时是否确定已经说完。',
  chorus_speculation_seconds_total: '这类识别花的时间：used 是之后省下的等待，wasted 是白做的。',
  chorus_speculation_total: '在确定说完之前请求的识别；wasted 也包括还没开始就被撤回的。',

  chorus_llm_fallback_total: '改问备用大模型的回答数：第一个失败了，或正被搁置一段时间（open）。',
  chorus_llm_tokens_total: '大模型报告的 token 数。',
  chorus_llm_speculation_total: '在确定说完之前开始的回答：hit（用上了）、miss（中止）、dropped（被拒绝或失败）。',
  chorus_llm_speculation_saved_seconds_total: '用上的回答因提前开始而早了多久。',
  chorus_llm_wasted_tokens_total: '这类回答里没有用上的 token；模型没有报告时为估计值。',

  chorus_replies_speaking: '正在念的回答数。',
  chorus_packets_sent_total: '发出的下行音频包。',
  chorus_lead_seconds: '每发给设备一个包时，按发送节奏预测，设备比它正在播放的提前多少。',
  chorus_pacing_late_seconds: '按时准备好的包晚发了多久。',
  chorus_underruns_predicted_total: '预测设备在回答中途断流的次数。',
  chorus_underrun_seconds: '每次断流多久。',
  chorus_phrase_cache_total: '在短句缓存里查找会保留的句子的次数。',
  chorus_phrase_cache_bytes: '短句缓存在内存里的 Opus 包大小。',
  chorus_phrase_cache_disk_bytes: '短句缓存的文件大小（data/phrases）。',

  chorus_engine_up: '子进程就绪时为 1。',
  chorus_engine_restarts_total: '子进程退出后重新启动的次数。',
  chorus_event_loop_delay_seconds: '主进程的事件循环晚了多久，取最近 10 到 20 秒（如果上次抓取更早，就从那时算起）。',
  chorus_process_resident_bytes: '各进程的常驻内存。共享的页在每个进程里都计算。',
  chorus_process_cpu_seconds_total: '各进程的 CPU 时间。',
  chorus_process_open_files: '各进程打开的文件描述符，包括套接字。',
};

/** What a label can be, where that is more than a list of words. */
export const LABEL_WORDS_ZH: Readonly<Record<string, string>> = {
  'of Chorus': 'Chorus 的版本',
  'of Node.js': 'Node.js 的版本',
  'accepted, or why not': 'accepted，或不接受的原因',
  'what was wrong with them': '哪里不对',
  'a row of docs/errors.md': 'docs/errors.zh-CN.md 的一行',
  'done, or what became of it': 'done，或它的下场',
};
