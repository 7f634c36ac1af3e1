/**
 * The texts of the page in English. The Chinese texts have the same type, `Words`. A text with a number or a name is a
 * function.
 */
export const en = {
  aside: (text: string, note: string) => `${text} (${note})`,
  page: {
    title: 'Chorus',
    language: '中文',
    languageLabel: '切换到中文',
    signOut: 'Sign out',
    loading: 'Loading…',
    version: (version: string) => `Chorus ${version}`,
    offline: 'This page works without internet.',
  },
  state: {
    ready: 'Ready',
    starting: 'Starting',
    fetching: (percent: string) => `Fetching speech model${percent === '' ? '' : ` · ${percent}`}`,
    draining: 'Shutting down',
    lost: 'No connection',
  },
  notice: {
    lost: 'The server does not answer. This page tries again by itself.',
    draining:
      'The server is shutting down: replies that are being spoken are finished, and no new conversations begin.',
    starting: 'The server is starting. It answers as soon as it is ready.',
    noSpeechModel:
      'The speech model for the server’s language is not installed yet, so no speech is ' +
      'understood. Install it under “Server”.',
  },
  signIn: {
    title: 'Sign in',
    lead: 'Talk to your server, connect devices, choose a voice and a language model.',
    password: 'Admin password',
    show: 'Show',
    hide: 'Hide',
    button: 'Sign in',
    busy: 'Signing in…',
    hint: 'It was printed in the terminal when Chorus was first started. A new one is set there with',
    wrong: 'That is not the password. Look at the terminal in which Chorus was first started.',
    wait: (seconds: number | undefined) =>
      `Too many tries. Wait ${seconds === undefined ? 'a minute' : `${seconds} s`}, then try again.`,
    unreachable: 'The server does not answer. Is it still running?',
    notSet: 'No password is set yet. Set one in the terminal with',
    over: 'You were signed out. Sign in again.',
  },
  talk: {
    title: 'Talk',
    lead: 'Talk to Chorus right here; you need no device.',
    modes: { 'hands-free': 'Hands-free', hold: 'Hold to talk' },
    modeLabel: 'How to talk',
    language: 'I speak',
    languages: { 'en-US': 'English', 'zh-CN': '中文' },
    idle: { 'hands-free': 'Tap and speak', hold: 'Hold and speak' },
    phase: {
      connecting: 'Connecting…',
      ready: 'Hold and speak',
      listening: 'Listening',
      thinking: 'Thinking…',
      speaking: 'Speaking',
    },
    hint: {
      'hands-free': {
        off: 'The browser asks for the microphone the first time.',
        connecting: 'Allow the microphone if the browser asks.',
        ready: '',
        listening: 'Say something. Tap to end.',
        thinking: 'Tap to interrupt.',
        speaking: 'Tap or just speak to interrupt.',
      },
      hold: {
        off: 'Keep the button, or the space bar, down while you speak.',
        connecting: 'Allow the microphone if the browser asks.',
        ready: 'Keep the button down while you speak.',
        listening: 'Let go when you are done.',
        thinking: 'Press to interrupt.',
        speaking: 'Press to interrupt.',
      },
    },
    actions: { start: 'Start talking', end: 'End the conversation', interrupt: 'Interrupt' },
    end: 'End',
    stop: 'Stop',
    log: 'What was said',
    you: 'You',
    empty: { en: 'Try “What time is it?”', zh: '试试说：“现在几点了？”' },
    ended: 'The conversation is over. Tap to begin another.',
    smooth: 'Played without a gap',
    stuttered: (gaps: number, time: string) =>
      `${gaps === 1 ? 'One gap' : `${gaps} gaps`} in the sound, ${time} in total`,
    firstSound: (time: string) => `first sound after ${time}`,
    trouble: {
      denied:
        'The microphone is not allowed. Click the lock or microphone icon beside the address, allow it, and try again.',
      'no-microphone': 'No microphone was found. Plug one in, or open this page on your phone.',
      'microphone-busy': 'The microphone cannot be used. Another program may have it: close that, and try again.',
      'no-opus': 'This browser cannot encode Opus. An up-to-date Chrome, Edge, Firefox or Safari (26) can.',
      lost: 'The server does not answer, or the connection was lost. Tap to try again.',
      refused: 'The server refused the connection. It may be shutting down or full; try again in a moment.',
      failed: 'The sound of this browser could not be opened. Reload the page and try again.',
    },
    missing: {
      title: 'Talking does not work in this browser yet',
      'secure-context': (local: string) =>
        'Browsers allow the microphone only for pages on this computer or with https. ' +
        `On the computer that runs Chorus, open ${local}. ` +
        'From elsewhere, put https in front of it: docs/console.md says how.',
      microphone: 'This browser gives pages no microphone. Use Chrome, Edge, Firefox or Safari.',
      opus: 'This browser cannot encode Opus (WebCodecs). Use Chrome or Edge 94, Firefox 130, Safari 26, or later.',
      worklet: 'This browser has no audio worklets. Use an up-to-date Chrome, Edge, Firefox or Safari.',
    },
    missingModel: {
      en: 'The speech model for English is not installed yet.',
      zh: 'The speech model for Chinese is not installed yet; you will hear a notice instead of an answer.',
    },
    waitingModel:
      'The speech model for this language could not be fetched; it is tried again. Until then ' +
      'you will hear a notice instead of an answer. The reason is under “Problems”.',
    comingModel: (percent: string) =>
      `The speech model for this language is being downloaded${percent === '' ? '' : `: ${percent}`}. ` +
      'Until then you will hear a notice instead of an answer.',
  },
  connect: {
    title: 'Connect a device',
    lead: 'Enter this address on the device, as its OTA address:',
    copy: 'Copy',
    copied: 'Copied',
    qr: (url: string) => `QR code of ${url}`,
    steps: [
      'Switch the device on. A new one opens a Wi‑Fi network of its own; otherwise hold its boot button until it does.',
      'Join that network with your phone; its set-up page opens (or open http://192.168.4.1).',
      'Under Advanced, enter the address as OTA URL and save. Then choose your Wi‑Fi.',
      'The device restarts and says hello. If it speaks six digits, enter them here:',
    ],
    unknown: 'The server does not know its address for devices. Set server.public_url in its configuration.',
    onlyHere:
      'This address works only on this computer. Open this page by the address that this ' +
      'computer has in your network, ' +
      'or set server.public_url; Chorus must not be started with --host 127.0.0.1.',
    noChinese:
      'A Chinese device needs a speech model of 240 MB, which is not here yet. Fetch it under ' +
      '“Server” before you connect the device; otherwise it waits for the download.',
    code: 'Six digits that the device speaks',
    pair: 'Connect',
    pairing: 'Connecting…',
    paired: (name: string) => `${name} is connected to this server now.`,
    codeShape: 'The code has six digits.',
    codeUnknown: 'No device has this code.',
    codeNow: 'A code is valid once, for ten minutes. Enter the digits that the device speaks now; it repeats them.',
  },
  server: {
    title: 'Server',
    talking: (talking: number, ceiling: number) =>
      talking === 0
        ? `Nobody is talking. There is room for ${ceiling} at once.`
        : `${talking} of ${ceiling} places are taken.`,
    meter: (talking: number, ceiling: number) => `${talking} of ${ceiling} devices talk`,
    connections: (count: number) => (count === 1 ? '1 connection' : `${count} connections`),
    models: 'Speech models',
    pull: 'Fetch',
    modelState: {
      installed: 'installed',
      missing: 'not installed',
      downloading: 'downloading',
      checking: 'being checked',
      unpacking: 'being unpacked',
      waiting: 'waiting to try again',
    },
    kinds: { asr: 'understands speech', tts: 'speaks', vad: 'notices speech' } as Readonly<Record<string, string>>,
    progress: (name: string) => `Download progress of ${name}`,
    others: 'Other models',
    reasons: {
      configured: 'as configured',
      cpu: 'as many as the processor can carry',
      memory: 'as many as the memory can carry',
    } as Readonly<Record<string, string>>,
    inUse: 'in use',
    running: (time: string) => `running for ${time}`,
    started: 'just started',
  },
  mcp: {
    title: 'MCP tools',
    none: 'No MCP server is connected. A file names the servers, and programs connect with a token: see docs/tools.md.',
    states: { connecting: 'connecting', ready: 'ready', failed: 'cannot be used' },
    token: (id: string, agent: string | undefined) => `Token ${id}${agent === undefined ? '' : ` for ${agent}`}`,
    bridges: (count: number) => (count === 1 ? '1 connection' : `${count} connections`),
    tools: (count: number) => (count === 1 ? '1 tool' : `${count} tools`),
  },
  llm: {
    title: 'Language model',
    offline:
      'Answers come from the built-in offline assistant: time, date, arithmetic, small talk. ' +
      'Choose a service for real conversations.',
    current: (name: string) => `In use: ${name}.`,
    failing: (name: string) => `In use: ${name}. Its last answer failed.`,
    service: 'Service',
    none: 'Offline assistant (no service)',
    custom: 'Another, OpenAI-compatible',
    free: 'no key needed',
    foundHere: 'found on this machine',
    key: 'API key',
    keyKept: 'set already; leave empty to keep it',
    keyWanted: 'from the service’s console',
    model: 'Model',
    modelDefault: (model: string | undefined) => (model === undefined ? 'name of a model' : `${model} (default)`),
    eyes: 'Model for camera pictures',
    eyesNone: 'none: devices send no pictures',
    baseUrl: 'Base URL',
    try: 'Try',
    trying: 'Asking…',
    use: 'Use it',
    using: 'Trying and saving…',
    tried: (first: string, total: string) => `It answered. First word after ${first}, everything after ${total}.`,
    quick: 'That is quick enough for conversation.',
    slow: 'That is slow for conversation: people notice more than a second.',
    saved: 'Saved, and in use from the next answer on.',
    restart: 'Saved. It takes effect when the server is restarted.',
  },
  voice: {
    title: 'Voice',
    current: (names: string) => `Speaking now: ${names}.`,
    provider: 'Voice service',
    voice: 'Voice',
    voiceDefault: 'Default for the language',
    voiceName: 'Name of a voice',
    states: { ready: '', unreachable: 'cannot be reached', missing: 'model not installed', no_key: 'needs a key' },
    listen: 'Listen',
    making: 'Asking…',
    use: 'Use it',
    savedInstead:
      'Saved, but this voice cannot speak now; another one steps in until it can. `npx ' +
      'xiaozhi-chorus doctor` says why.',
    sample: 'Hello! I am the voice of your device. How do you like me?',
    silent: 'Nothing could be played.',
  },
  devices: {
    title: 'Devices',
    none: 'No device has connected yet.',
    search: 'Search: name, address, board',
    noMatch: 'No device fits the search.',
    browser: 'A browser with this page',
    online: 'connected',
    offline: (when: string) => `last seen ${when}`,
    revoked: 'blocked',
    unbound: 'waits for its code',
    lastTurn: (when: string) => `Last turn ${when}`,
    total: (time: string) => `${time} to the first sound`,
    stages: { endpoint: 'end of speech', recognition: 'recognition', model: 'language model', voice: 'voice' },
    underruns: (count: number) => (count === 0 ? 'no gaps' : count === 1 ? '1 gap' : `${count} gaps`),
    more: 'More',
    rename: 'Name',
    save: 'Save',
    revoke: 'Block',
    revokeAsk: 'It is cut off at once and needs a code to come back. Press again to do it.',
    forget: 'Forget',
    forgetAsk: 'All its data is removed; it may return as a new device. Press again to do it.',
  },
  agents: {
    title: 'Agents',
    lead:
      'An agent answers in place of the persona in the configuration, on the devices that you ' +
      'choose. A change takes effect when a device connects the next time.',
    on: (devices: number) => (devices === 1 ? 'on 1 device' : `on ${devices} devices`),
    add: 'New agent',
    id: 'Short name (letters, digits, . - _)',
    devices: 'Devices',
    places: { answers: 'answers', may: 'may be called by voice', no: 'not here' },
    asConfigured: 'as configured',
    save: 'Save',
    saved: 'Saved.',
    remove: 'Remove',
    removeAsk: 'It is removed with all that it remembers. Press again to do it.',
    examples: 'Add ready-made agents',
    added: (count: number) =>
      count === 0
        ? 'All of them are there already.'
        : `${count} were added. All but the quiz master remember what they are told; see their field “memory”.`,
  },
  memory: {
    title: 'Memory',
    none: 'Nothing is remembered beyond a conversation. An agent remembers if its field “memory” says so.',
    device: 'Device',
    person: 'Person',
    every: 'all',
    text: 'What is remembered',
    save: 'Save',
    forget: 'Forget',
    export: 'Save as a file',
    forgetAll: (count: number) => `Forget all ${count}`,
    forgetAsk: 'They are forgotten for good. Press again to do it.',
    forgotten: (count: number) => (count === 1 ? '1 was forgotten.' : `${count} were forgotten.`),
  },
  knowledge: {
    title: 'Documents',
    none: 'No document is known. Add manuals, notes or house rules: answers are taken from them.',
    collection: 'Collection (agents choose collections)',
    file: 'PDF, Word, Markdown or text',
    add: 'Add',
    reading: 'The document is being read…',
    added: (title: string, passages: number) =>
      passages === 1 ? `“${title}” is known: 1 passage.` : `“${title}” is known: ${passages} passages.`,
    about: (collection: string, pages: number | undefined, passages: number, day: string) =>
      [
        collection,
        ...(pages === undefined ? [] : [pages === 1 ? '1 page' : `${pages} pages`]),
        passages === 1 ? '1 passage' : `${passages} passages`,
        day,
      ].join(' · '),
    remove: 'Remove',
    removeAsk: 'Remove for good?',
    question: 'Try a question',
    search: 'Search',
    nothing: 'Nothing was found.',
  },
  costs: {
    title: 'Use of services with a key',
    day: 'Day',
    who: 'Device',
    service: 'Service',
    used: 'Used',
    cost: 'Cost',
    units: { characters: 'characters', audio_ms: 's', input_tokens: 'tokens read', output_tokens: 'tokens written' },
  },
  turns: {
    title: 'Last turns',
    none: 'Nobody has said anything yet.',
    when: 'When',
    who: 'Who',
    said: 'Said and answered',
    first: 'First sound',
    verdict: 'How it went',
    hidden: 'Transcripts are kept only with log.transcripts.',
  },
  problems: {
    title: 'Problems',
    none: 'Nothing has gone wrong since the start.',
    times: (count: number) => `${count} times`,
    over: 'over: a later question was answered',
    hide: 'Hide',
    hidden: 'Nothing new since you hid the others.',
    older: (count: number) => `${count} more`,
  },
  feedback: {
    failed: 'That did not work.',
    unreachable: 'The server does not answer.',
    mistakes: 'This cannot be saved:',
  },
  time: {
    now: 'just now',
    minutes: (n: number) => `${n} min ago`,
    hours: (n: number) => `${n} h ago`,
    days: (n: number) => (n === 1 ? 'yesterday' : `${n} days ago`),
    span: (days: number, hours: number, minutes: number) =>
      days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`,
  },
};

export type Words = typeof en;
