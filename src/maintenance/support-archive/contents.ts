import { readFile, stat, statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, release, totalmem, uptime } from 'node:os';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { describeOrigin, maskSecrets, secretsInFile, secretValues } from '../../config/index.js';
import { MeasuredCosts } from '../../capacity/index.js';
import { withTimeout, jsonOrUndefined, MB } from '../../core/index.js';
import { speechRuntime } from '../../engines/index.js';
import { describeMachine, openCgroup, readHardware, readMemoryEvents } from '../../platform/machine/index.js';
import type { DoctorContext } from '../doctor/check.js';
import { platformFacts } from '../doctor/checks/platform.js';
import type { Examination } from '../doctor/examine.js';
import { reportFiles } from '../doctor/reports.js';
import type { Entry } from './archive.js';
import { passwordsOf, Redactor, secretsOfEnvironment } from './redactor.js';
import { tailOf } from './tail.js';

const LOG_MAX_BYTES = 2 * MB;
const REPORT_MAX_BYTES = 4 * MB;
const REPORTS_MAX = 3;
const TURNS_MAX = 200;
const ASK_MS = 10_000;

/** The versions of these packages explain most problems. */
const PACKAGES = [
  'onnxruntime-node',
  'sherpa-onnx-node',
  'libsql',
  '@evan/opus',
  '@moonshine-ai/moonshine-js',
  '@ricky0123/vad-web',
  'fastify',
  'ws',
];

const README = `This archive was written by \`chorus doctor --bundle\` to be attached to a report.

doctor.json          what the doctor found
configuration.json   what is in force and where each value comes from; secrets are masked, the prompt is left out
machine.json         processor, memory, limits, disk, names (not values) of CHORUS_* variables
versions.json        of Chorus, Node.js, its libraries and the speech runtime, with what recognition costs here
server.json          what the running server says of itself (/readyz)
metrics.txt          its metrics
turns.json           stages of the last turns, without words and names
problems.json        the last errors
logs/                the end of the log, where there is a log file (log.file)
reports/             the last reports of \`chorus monitor\`

Keys, tokens, passwords, what was said and who spoke were taken out; MAC addresses and Client-Ids are shortened.
Look through it before you send it: you know best what else is yours.
`;

/** Returns redacted files of bounded size. Unreadable files are left out. Rejects only with the signal's reason. */
export async function bundleContents(context: DoctorContext, examination: Examination): Promise<readonly Entry[]> {
  const redactor = new Redactor(await knownSecrets(context));
  const json = (name: string, value: unknown): Entry => ({
    name,
    text: `${JSON.stringify(redactor.data(value), undefined, 1)}\n`,
  });
  const [readiness, metrics, turns, problems] = await Promise.all(
    ['/readyz', '/metrics', `/api/v1/turns?limit=${TURNS_MAX}`, '/api/v1/problems'].map((path) => ask(context, path)),
  );
  return [
    { name: 'README.txt', text: README },
    json('doctor.json', examination),
    json('configuration.json', configurationOf(context)),
    json('machine.json', await machineOf(context)),
    json('versions.json', await versionsOf(context)),
    ...(readiness === undefined ? [] : [json('server.json', jsonOrUndefined(readiness))]),
    ...(metrics === undefined ? [] : [{ name: 'metrics.txt', text: redactor.text(metrics) }]),
    ...(turns === undefined ? [] : [json('turns.json', jsonOrUndefined(turns))]),
    ...(problems === undefined ? [] : [json('problems.json', jsonOrUndefined(problems))]),
    ...(await logsOf(context, redactor)),
    ...(await reportsOf(context, redactor)),
  ];
}

async function knownSecrets({
  env,
  config,
  configuration,
  server,
  dataDir,
}: DoctorContext): Promise<readonly string[]> {
  const text = await readFile(configuration.file, 'utf8').catch(() => '');
  // A rejected configuration has no values to read secrets from, but its file may still contain secrets.
  const inFile = [...text.matchAll(/(?:key|token|secret|passw\w*)["']?\s*:\s*["']?([^\s"'#]{8,})/gi)].flatMap(
    ([, value]) => value ?? [],
  );
  const references = secretsInFile(text).flatMap(({ reference }) =>
    reference?.startsWith('file:') === true ? [reference.slice(5)] : [],
  );
  const referenced = await Promise.all(
    references.map(async (path) =>
      (await readFile(resolve(configuration.file, '..', path), 'utf8').catch(() => '')).trim(),
    ),
  );
  const local = (await readFile(join(dataDir, 'local-token'), 'utf8').catch(() => '')).trim();
  const addresses = stringsOf(config).flatMap(passwordsOf);
  return [
    ...secretValues(config).values(),
    ...inFile.filter((value) => !/^(file|env):/.test(value)),
    ...referenced,
    ...addresses,
    ...secretsOfEnvironment(env),
    local,
    server?.localToken ?? '',
  ];
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

function configurationOf({ configuration, config }: DoctorContext): unknown {
  if ('unreadable' in configuration) return { file: configuration.file, unreadable: configuration.unreadable };
  const { file, notes } = configuration;
  if (!configuration.ok) return { file, mistakes: configuration.mistakes, notes };
  return {
    file,
    exists: configuration.fileExists,
    notes,
    origins: [...configuration.origins].map(([key, origin]) => `${key}: ${describeOrigin(origin, 'en')}`),
    values: maskSecrets(config),
  };
}

async function machineOf({ readText, dataDir, env, server }: DoctorContext): Promise<unknown> {
  const disk = await statfs(dataDir).catch(() => undefined);
  const pid = server?.pid ?? 'self';
  return {
    ...describeMachine(readText),
    platform: platformFacts(),
    kernel: release(),
    uptimeSeconds: Math.round(uptime()),
    loadAverage: loadavg(),
    memory: { totalBytes: totalmem(), freeBytes: freemem(), meminfo: readText('/proc/meminfo') },
    cores: cpus().length,
    hardware: readHardware(readText),
    cgroup: readText(`/proc/${pid}/cgroup`),
    cgroupUsage: server === undefined ? undefined : openCgroup(server.pid, readText)?.read(),
    memoryEvents: readMemoryEvents(pid, readText),
    limits: readText(`/proc/${pid}/limits`),
    disk: disk && {
      freeBytes: disk.bavail * disk.bsize,
      totalBytes: disk.blocks * disk.bsize,
      freeInodes: disk.ffree,
      inodes: disk.files,
    },
    container: readText('/.dockerenv') !== undefined || readText('/run/.containerenv') !== undefined,
    variables: Object.keys(env).filter((name) =>
      /^(CHORUS_|NODE_|OMP_|UV_|TZ$|LANG$|HTTPS?_PROXY$|NO_PROXY$)/i.test(name),
    ),
  };
}

async function versionsOf({ version, dataDir, readText }: DoctorContext): Promise<unknown> {
  const require = createRequire(import.meta.url);
  const packages = PACKAGES.map((name) => {
    for (const folder of require.resolve.paths(name) ?? []) {
      try {
        return [name, (require(join(folder, name, 'package.json')) as { readonly version: string }).version];
      } catch {
        continue; // The package is not in this node_modules. The next one up may have it.
      }
    }
    return [name, 'not installed'];
  });
  const runtime = await speechRuntime();
  const costs = await MeasuredCosts.load(dataDir);
  return {
    chorus: version,
    node: process.versions,
    packages: Object.fromEntries(packages) as unknown,
    speech: { runtime, recognition: costs.recognition(describeMachine(readText), runtime.version) },
  };
}

async function ask({ server, clock, signal, fetch }: DoctorContext, path: string): Promise<string | undefined> {
  if (server === undefined) return undefined;
  const headers =
    server.localToken === undefined
      ? {}
      : { 'x-chorus-local': server.localToken, authorization: `Bearer ${server.localToken}` };
  const answer = await withTimeout(
    clock,
    ASK_MS,
    signal,
    () => new Error('no answer'),
    async (inner) => {
      const response = await fetch(`${server.origin}${path}`, { headers, signal: inner, redirect: 'manual' });
      return response.ok || path === '/readyz' ? response.text() : undefined;
    },
  ).catch(() => undefined);
  signal.throwIfAborted();
  return answer;
}

async function logsOf({ config, dataDir }: DoctorContext, redactor: Redactor): Promise<readonly Entry[]> {
  if (config.log.file === undefined) return [];
  const path = resolve(dataDir, config.log.file);
  const before = path.replace(/(\.log)?$/, '.1.log');
  const entries: Entry[] = [];
  for (const [file, bytes] of [
    [path, LOG_MAX_BYTES],
    [before, LOG_MAX_BYTES / 2],
  ] as const) {
    const text = await tailOf(file, bytes);
    if (text !== '')
      entries.push({
        name: `logs/${basename(file)}`,
        text: `${text
          .trimEnd()
          .split('\n')
          .map((line) => redactor.line(line))
          .join('\n')}\n`,
      });
  }
  return entries;
}

async function reportsOf({ dataDir }: DoctorContext, redactor: Redactor): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const path of await reportFiles(dataDir, REPORTS_MAX)) {
    const size = (await stat(path).catch(() => undefined))?.size ?? Number.POSITIVE_INFINITY;
    if (size > REPORT_MAX_BYTES) continue;
    const report = jsonOrUndefined(await readFile(path, 'utf8').catch(() => ''));
    if (report !== undefined)
      entries.push({ name: `reports/${basename(path)}`, text: `${JSON.stringify(redactor.data(report))}\n` });
  }
  return entries;
}
