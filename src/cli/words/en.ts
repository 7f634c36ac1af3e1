import { portOf } from './port-of.js';
import { systemErrorWords } from '../../core/index.js';

/** Everything the command line says, in English. `zh.ts` has the same shape; the compiler sees to it. */
export const en = {
  help: {
    program: 'Chorus: a voice server for xiaozhi devices. `chorus serve` starts it; everything else is optional.',
    titles: {
      'Usage:': 'Usage:',
      'Options:': 'Options:',
      'Commands:': 'Commands:',
      'Arguments:': 'Arguments:',
      'Global Options:': 'Global options:',
    } as Readonly<Record<string, string>>,
    defaultValue: 'default:',
    helpFlag: 'show this help',
    helpCommand: 'show the help of a command',
    version: 'print the version',
    lang: 'language of what is printed: zh or en (otherwise by LANG)',
    after: `
First steps (in a clone of the repository: npx chorus ...):
  chorus serve                     start the server; it prints the address to enter on the device
  chorus device --say clip.wav     talk to it without a device
  chorus setup                     five questions: language, language model, voice, pairing, port
  chorus monitor --mode both       two simulated devices talk; how it went, as a page

Exit codes: 0 fine, 1 failed, 2 wrong command line, 3 configuration, 4 data folder, database or disk, 5 port,
            6 model, 7 server not reached or refused, 8 no proper answer to a device, 9 not everything could be
            looked at, or a measurement that cannot be used, 10 a configuration that did not work and was
            taken back, 11 a server that is to be started again, 130 interrupted`,
    data: 'folder for configuration, database and models',
    config: 'configuration file (otherwise config.yaml in the data folder)',
    set: 'set one configuration key, e.g. --set llm.preset=glm; may be repeated',
    json: 'print JSON for scripts',
    host: 'address to listen on (0.0.0.0: every network, 127.0.0.1: this machine)',
    port: 'port to listen on',
    deviceAfter: `
Examples:
  chorus device --say hello.wav                        say a recording, print what was heard and answered
  chorus device --say hello.wav --save reply.wav       and keep the answer
  chorus device                                        talk with the microphone of this machine`,
    say: 'WAV file to say; may be repeated for a conversation. Without it: the microphone',
    mode: 'auto (the server notices the end), manual (push to talk), realtime (the microphone stays open)',
    url: 'OTA address of the server (otherwise the server of the data folder, on whatever port)',
    save: 'write what the device played to this WAV file',
    play: 'play the answer on this machine',
    queue: 'packets the device can hold: 40 (firmware 1.6-2.4), 20, 5 (before 1.6)',
    framing: 'binary framing 1, 2 or 3',
    language: 'language the device says it has, e.g. zh-CN or en-US (otherwise that of this command)',
    wake: 'begin with this wake word instead of the button',
    deviceId: 'MAC address of the device (otherwise always the same made-up one)',
    timeout: 'seconds to wait for an answer',
    modelsList: 'list the models: installed or missing, size, languages, licence',
    modelsPull: 'fetch a model (resumes after a cut; the hash is checked)',
    modelsVerify: 'read every byte of installed models and compare the hashes',
    modelsRm: 'remove a model',
    modelId: 'id of a model, see `chorus models list`',
    modelIds: 'ids of models (none: all installed ones)',
    from: 'base address of the files, or of an archive, instead of the mirrors',
    file: 'an archive or folder on this machine, for machines without internet',
    force: 'fetch again what is there',
    configCheck: 'check the configuration; names every mistake',
    configShow: 'print what is in force and where each value comes from (secrets masked)',
    configSchema: 'print the JSON Schema, so that editors complete the keys',
  },
  usage: {
    wrong: (detail: string) => detail,
    hint: (command: string) => `\`${command} --help\` shows what can be written.`,
    notUrl: 'It is not a web address, such as http://192.168.1.20:8000/xiaozhi/ota/',
    translate: (message: string) => message,
  },
  error: {
    prefix: 'Error: ',
    unexpected: 'This should not happen. Please report it with these lines:',
    remedy: 'What to do: ',
    json: 'not valid',
  },
  config: {
    mistakes: (count: number) =>
      count === 1 ? 'The configuration has a mistake.' : `The configuration has ${count} mistakes.`,
    right: (file: string, exists: boolean) =>
      exists ? `${file} is right.` : `There is no ${file}; the defaults are in force, and right.`,
    note: 'Note: ',
  },
  serve: {
    starting: (version: string) => `Chorus ${version}`,
    ota: 'OTA address for your devices',
    websocket: 'WebSocket',
    data: 'Data',
    model: 'Hears',
    llm: 'Thinks',
    voice: 'Speaks',
    pairing: 'Pairing',
    pairings: {
      lan: (max: number) =>
        `devices of this network at once (up to ${max}); others speak six digits, which you approve`,
      code: () => 'every new device speaks six digits, which you approve',
      open: () => 'everybody',
      allowlist: () => 'only devices of auth.allowlist',
    },
    modelState: {
      installed: 'ready',
      missing: 'missing',
      downloading: 'downloading',
      checking: 'checking',
      unpacking: 'unpacking',
      waiting: 'waiting',
    },
    notFetched: 'fetched when a device needs it',
    notInstalled: (id: string) => `missing; install it with \`npx chorus models pull ${id}\``,
    voiceMissing: (id: string, meanwhile: string, fetching: boolean) =>
      fetching
        ? `The voice ${id} is being fetched; until it is there ${meanwhile} speaks.`
        : `The voice ${id} (tts.provider) is not installed; until it is there ${meanwhile} speaks. Install it with \`npx chorus models pull ${id}\`; the server notices by itself.`,
    next: 'What next',
    nextDevice: (url: string) => `On the device's Wi-Fi set-up page, "Advanced", enter ${url} and restart the device.`,
    nextLocal: (url: string) =>
      `Only this machine can reach it. Devices need an address: start with --host 0.0.0.0. Address here: ${url}`,
    nextNoLan: (url: string) =>
      `No address in a local network was found. Tell devices how to reach this machine: --set server.public_url=http://ADDRESS:${portOf(url)}. Address here: ${url}`,
    nextTry: (command: string) => `Without a browser, with any WAV file of speech: npx ${command}`,
    nextSetup: 'A language model and a voice of your choice: on the page, or npx chorus setup',
    ready: (seconds: string) => `Ready after ${seconds} s.`,
    notReady: (reason: string) => `Not ready yet: ${reason}`,
    notFetchedYet: (id: string, data: string) =>
      `The model ${id} could not be fetched; it is tried again. Without internet, fetch its archive elsewhere: npx chorus models pull ${id} --file ARCHIVE${data}`,
    pairingCode: (deviceId: string, code: string, data: string) =>
      `Device ${deviceId} asks to be paired. If it is yours: npx chorus devices approve ${code}${data}`,
    stopping: 'Stopping: running replies may finish. Once more Ctrl+C stops at once.',
    stoppedToRestart: 'Stopped, to be started again.',
    stopped: 'Stopped.',
    progress: (id: string, percent: string) => `${id}: ${percent}`,
  },
  device: {
    connecting: (url: string) => `Connecting to ${url}`,
    code: (code: string, data: string) =>
      `The server wants this device to be paired. On the server: npx chorus devices approve ${code}${data}`,
    says: (file: string, seconds: string) => `says ${file} (${seconds} s)`,
    heard: 'Heard',
    nothingHeard: '(nothing)',
    answer: 'Answer',
    noAnswer: (seconds: string) => `No answer came within ${seconds} s.`,
    closedByServer: 'The server closed the connection before it had answered to the end.',
    unfinished: 'The answer was begun and never ended (no `tts stop`).',
    excuses: {
      busy: 'That is no answer: the server is busy.',
      apology: 'That is no answer: the server says why it has none.',
      not_heard: 'That is no answer: the server understood nothing.',
    },
    cutOff: 'The server answered before the end of what was said.',
    timeline: 'Timeline, ms after the last word',
    stages: {
      heard: 'text recognised',
      start: 'reply announced',
      packet: 'first packet',
      sound: 'first sound heard',
      stop: 'end announced',
      played: 'all heard',
    },
    underruns: (count: number, ms: number) =>
      count === 0 ? 'no underrun' : `${count} underrun${count === 1 ? '' : 's'}, ${ms} ms of silence in the reply`,
    overflows: (count: number) =>
      count === 0 ? 'no overflow' : `${count} packet${count === 1 ? '' : 's'} lost: the device's queue was full`,
    packets: (count: number, spacingMs: string) => `${count} packets; the closest two came ${spacingMs} ms apart`,
    violations: 'The server broke the protocol',
    saved: (file: string) => `Wrote ${file}.`,
    nothingToSave: 'Nothing was played, so nothing was written.',
    noPlayer: 'No program that plays WAV was found (aplay, paplay, play, ffplay, afplay).',
    noRecorder:
      'No program that records was found. Install one of: arecord (alsa-utils), parecord (pulseaudio-utils), rec (sox), ffmpeg. Or say a file: chorus device --say clip.wav',
    recorderFailed: (program: string, detail: string) => `${program} cannot record: ${detail}`,
    live: (program: string) => `Microphone: ${program}. Speak; Enter: wake or interrupt, q and Enter: hang up.`,
    liveNeedsTerminal: 'The interactive mode needs a terminal. Say a file instead: chorus device --say clip.wav',
    you: 'you',
    it: 'it',
    hungUp: 'Hung up.',
    badWav: (file: string, detail: string) => `${file} cannot be said: ${systemErrorWords(detail, 'en')}`,
    notPlainWav: (detail: string) => detail,
    empty: (file: string) => `${file} holds no sound`,
  },
  models: {
    state: {
      installed: 'installed',
      missing: 'missing',
      downloading: 'downloading',
      checking: 'checking',
      unpacking: 'unpacking',
      waiting: 'waiting',
    },
    kinds: { asr: 'hears', tts: 'speaks', vad: 'voice activity' },
    included: 'included',
    unverified: 'size or hash not yet confirmed from the source',
    pulled: (id: string) => `${id} is installed.`,
    removed: (id: string) => `${id} was removed.`,
    notInstalled: (id: string) => `${id} is not installed.`,
    fine: (id: string) => `${id}: every file is as it should be`,
    broken: (id: string, file: string, what: string) => `${id}: ${file}: ${what}`,
    results: { ok: 'right', missing: 'missing', 'wrong size': 'wrong size', 'wrong hash': 'wrong hash' },
    none: 'No model is installed.',
    from: (mirror: string) => `from ${mirror}`,
  },
  setup: {
    needsTerminal:
      'The set-up asks questions and needs a terminal. In scripts write keys with `--set` or into config.yaml; `chorus config schema` lists them.',
    title: 'Chorus set-up',
    cancelled: 'Nothing was written.',
    language: 'Which language do you speak with the device?',
    languages: { auto: 'what each device says it is set to', zh: '中文', en: 'English' },
    llm: 'Which language model answers?',
    llmNone: 'none yet: the built-in offline assistant',
    llmFound: (models: string) => `found on this machine: ${models}`,
    llmCustom: 'another one that speaks the OpenAI protocol',
    llmModel: 'Which of its models?',
    baseUrl: 'Its address, up to and including /v1',
    key: (name: string) => `API key for ${name} (empty: take it from the environment, or none)`,
    keyFromEnvironment: (variable: string) => `the key is in ${variable}`,
    trying: (what: string) => `Trying ${what}`,
    llmWorks: (what: string, firstMs: string, totalMs: string, text: string) =>
      `${what}: first word after ${firstMs} ms, done after ${totalMs} ms: ${text}`,
    failed: (what: string, reason: string) => `${what} did not work: ${reason}`,
    keep: (what: string) => `Keep ${what}`,
    keyKept: (name: string) => `API key for ${name} (empty: keep the present one)`,
    again: 'Try something else?',
    retry: { again: 'choose again', keep: 'keep it all the same' },
    voice: 'Which voice speaks?',
    voiceAuto: 'Edge (free, needs internet), a local voice when it cannot be reached',
    voiceWorks: (what: string, firstMs: string, totalMs: string) =>
      `${what}: first sound after ${firstMs} ms, the whole sentence after ${totalMs} ms`,
    voiceInstead: (what: string, why: string) =>
      `${what} could not speak (${why}); the next voice steps in, as it will in the server. `,
    hearing: (model: string) => `understood by ${model}, which is installed`,
    hearingLater:
      'the model for it is fetched when the server starts (239 MB for Chinese); until then a device is told so',
    voiceKey: 'API key of the speech service',

    pairing: 'Which devices may connect?',
    pairings: {
      lan: 'those of my own network at once, others by spoken code',
      code: 'every new device by spoken code',
      open: 'everybody (only behind a firewall)',
    },
    pairingWorks: (addresses: string) => `Addresses of this machine that count as its own network: ${addresses}`,
    noLan: 'This machine has no address in a private network: every device will need the code.',
    port: 'On which port?',
    portNumber: 'a number from 1 to 65535',
    portFree: (port: number, ms: string) => `Port ${port} is free (${ms} ms).`,
    portOwn: (port: number) => `Port ${port} is that of the server that runs on this data folder.`,
    portTaken: (port: number) => `Another program listens on port ${port}.`,
    written: (file: string) => `Wrote ${file}.`,
    speaking: 'Now a sentence to the simulated device, through the whole server',
    spoke: (heard: string, answer: string, ms: string) =>
      `It heard "${heard}" and began to answer after ${ms} ms: "${answer}"`,
    serverRuns: 'A server runs on this data folder already; restart it to use the new settings.',
    done: (data: string) => `Start the server with: npx chorus serve${data}`,
    test: { sentence: 'What time is it?', prompt: 'Hello!' },
  },
};

export type Messages = typeof en;
