// Tests the proxy samples of docs/security.md unchanged, except for name, port and certificate:
//   npm run build && node deploy/test/proxy.mjs [--nginx=nginx] [--caddy=caddy]
// Each test has a server with the proxy's address for devices and a certificate of its own authority. A simulated
// device is paired by its six digits and has a turn. The first run has no proxy: if its sound has gaps, the machine is
// too busy to judge the others. Needs openssl and the two programs (Debian: apt-get install nginx caddy).
// CI does not run it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: { nginx: { type: 'string', default: 'nginx' }, caddy: { type: 'string', default: 'caddy' } },
});
const folder = mkdtempSync(join(tmpdir(), 'chorus-proxy-'));
const children = new Set();
const sample = (language) =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readFileSync(join(root, 'docs/security.md'), 'utf8'))[1];
const certificate = join(folder, 'server.pem');
const key = join(folder, 'server.key');
const authority = join(folder, 'authority.pem');

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function openssl(...args) {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

function makeCertificate() {
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost\n');
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-keyout',
    'authority.key',
    '-out',
    authority,
  );
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', key, '-out', 'request.pem');
  openssl(
    'x509',
    '-req',
    '-in',
    'request.pem',
    '-days',
    '2',
    '-CA',
    authority,
    '-CAkey',
    'authority.key',
    '-CAcreateserial',
    '-extfile',
    'names',
    '-out',
    certificate,
  );
}

/** `said` resolves when the pattern was printed. */
function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.add(child);
  let text = '';
  let out = '';
  const waiting = [];
  const hear = (chunk) => {
    text += chunk;
    for (const [pattern, resolve] of waiting) if (pattern.test(text)) resolve(pattern.exec(text));
  };
  child.stdout.on('data', (chunk) => {
    out += chunk;
    hear(chunk);
  });
  child.stderr.on('data', hear);
  const ended = new Promise((resolve) =>
    child.once('close', (code) => {
      children.delete(child);
      resolve(code);
    }),
  );
  const said = (pattern) =>
    Promise.race([
      new Promise((resolve) => waiting.push([pattern, resolve])),
      ended.then((code) => Promise.reject(new Error(`${program} ended with ${code}:\n${text}`))),
    ]);
  return { child, said, ended, out: () => out };
}

const cli = (...args) => [join(root, 'dist/cli/chorus.js'), ...args];
const environment = { ...process.env, NODE_EXTRA_CA_CERTS: authority, LANG: 'en_US.UTF-8' };

const PROXIES = {
  nginx(port, upstream) {
    const text = sample('nginx')
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace('voice.example.org;', 'localhost;')
      .replace(/ssl_certificate .*/, `ssl_certificate ${certificate};`)
      .replace(/ssl_certificate_key .*/, `ssl_certificate_key ${key};`)
      .replace('127.0.0.1:8000', upstream);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/nginx-${name};`)
      .join(' ');
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${folder}/nginx.pid; error_log stderr notice;\nevents {}\n` +
        `http { access_log off; ${temporary}\n${text}\n}\n`,
    );
    return {
      program: values.nginx,
      args: ['-p', folder, '-c', join(folder, 'nginx.conf')],
      ready: /start worker process/,
    };
  },
  caddy(port, upstream) {
    const text = sample('caddy')
      .replace('voice.example.org {', `https://localhost:${port} {\n    tls ${certificate} ${key}`)
      .replace('127.0.0.1:8000', upstream);
    writeFileSync(join(folder, 'Caddyfile'), `{\n    admin off\n    auto_https off\n}\n${text}`);
    return {
      program: values.caddy,
      args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      ready: /serving initial configuration/,
    };
  },
};

async function startServer(url, upstream, data) {
  const settings = [
    `server.public_url=${url}`,
    'server.trusted_proxies=127.0.0.1',
    'auth.pairing=code',
    'tts.provider=flite',
    'models.auto_pull=false',
    'load.self_test=false',
  ].flatMap((setting) => ['--set', setting]);
  const place = ['--host', '127.0.0.1', '--port', String(upstream), '--data', data];
  const server = start(process.execPath, cli('serve', ...place, ...settings), { env: environment });
  await server.said(/Ready after/);
  return server;
}

async function startProxy(name, port, upstream) {
  const { program, args, ready } = PROXIES[name](port, `127.0.0.1:${upstream}`);
  const env = { ...environment, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const proxy = start(program, args, { env });
  await proxy.said(ready);
  return proxy;
}

/** A turn of a device that is paired by its digits. It has another data folder, so the server does not know it. */
async function talk(url, data) {
  const speech = ['--say', join(root, 'assets/speech/austen-0880.wav'), '--language', 'en-US', '--queue', '20'];
  const place = ['--url', `${url}/xiaozhi/ota/`, '--data', join(folder, 'elsewhere'), '--json'];
  const device = start(process.execPath, cli('device', ...speech, ...place), { env: environment });
  const [, digits] = await device.said(/approve (\d{6})/);
  execFileSync(process.execPath, cli('devices', 'approve', digits, '--data', data), {
    env: environment,
    stdio: 'pipe',
  });
  const code = await device.ended;
  const { turns } = JSON.parse(device.out());
  return { code, turn: turns[0] };
}

/** Returns the gaps in the sound and throws for any other fault. `name` is undefined for no proxy. */
async function tryProxy(name) {
  const [port, upstream] = [await freePort(), await freePort()];
  const url = name === undefined ? `http://127.0.0.1:${upstream}` : `https://localhost:${port}`;
  const data = join(folder, `data-${name ?? 'none'}`);
  mkdirSync(data);
  const server = await startServer(url, upstream, data);
  const proxy = name === undefined ? undefined : await startProxy(name, port, upstream);
  const { code, turn } = await talk(url, data);
  console.log(
    `${name ?? 'no proxy'}: ${turn.outcome}, heard "${turn.heard}", ${turn.packets} packets, ` +
      `closest two ${turn.minSpacingMs} ms apart, ${turn.underruns} ` +
      `underruns, ${turn.overflows} overflows, ` +
      `violations ${JSON.stringify(turn.violations)}, ${JSON.stringify(turn.timeline)}`,
  );
  proxy?.child.kill('SIGTERM');
  server.child.kill('SIGTERM');
  await Promise.all([proxy?.ended, server.ended]);
  if (code !== 0 || turn.outcome !== 'answered' || turn.overflows > 0 || turn.violations.length > 0)
    process.exitCode = 1;
  return turn.underruns;
}

try {
  makeCertificate();
  const without = await tryProxy(undefined);
  if (without > 0) console.log('The machine is too busy to judge the sound behind the proxies.');
  for (const name of Object.keys(PROXIES)) if ((await tryProxy(name)) > 0 && without === 0) process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
