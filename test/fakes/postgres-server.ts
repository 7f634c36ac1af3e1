import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { certificate, type CertificateName } from './bad-proxies.js';

const run = promisify(execFile);
/** Folders of Debian's PostgreSQL versions, newest first, and those of other systems. */
const FOLDERS = [
  ...versions('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`),
  '/usr/local/pgsql/bin',
  '/usr/local/bin',
  '/usr/bin',
  '/opt/homebrew/bin',
];
const BIN = FOLDERS.find((folder) => ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))));
/** PostgreSQL refuses to run as root, so root starts it as the user nobody. */
const USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
export const PASSWORD = 'planted-database-password';

/** Why PostgreSQL cannot be used, or `undefined` if it can. */
export const postgresMissing = BIN === undefined ? 'PostgreSQL is not installed' : undefined;

/** A real PostgreSQL server on a socket in a temporary folder. */
export class PostgresServer {
  #databases = 0;

  private constructor(
    readonly folder: string,
    private process: ChildProcess | undefined,
  ) {}

  static async start(): Promise<PostgresServer> {
    if (BIN === undefined) throw new Error(postgresMissing);
    const folder = mkdtempSync(join(tmpdir(), 'chorus-pg-'));
    const password = join(folder, 'password');
    writeFileSync(password, PASSWORD);
    for (const path of [folder, password]) if (USER.uid !== undefined) chownSync(path, USER.uid, USER.gid);
    const options = [
      '--pgdata',
      join(folder, 'data'),
      '--username',
      'chorus',
      '--pwfile',
      password,
      '--auth',
      'scram-sha-256',
      '--encoding',
      'UTF8',
      '--locale',
      'C.UTF-8',
      '--no-sync',
    ];
    await run(join(BIN, 'initdb'), options, { ...USER, cwd: folder });
    const server = new PostgresServer(folder, undefined);
    await server.resume();
    return server;
  }

  /**
   * Starts the server again with the same data. With `tls`, it also listens on an encrypted loopback port with this
   * certificate.
   */
  async resume(tls?: { readonly port: number; readonly name: CertificateName }): Promise<void> {
    const settings = [
      ...(tls ? this.#encrypted(tls.port, tls.name) : ['listen_addresses=']),
      `unix_socket_directories=${this.folder}`,
      'fsync=off',
      'shared_buffers=16MB',
      'max_connections=30',
      'logging_collector=off',
    ];
    this.process = spawn(
      join(BIN ?? '', 'postgres'),
      ['-D', join(this.folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])],
      { ...USER, cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const { stderr } = this.process;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      stderr?.on('data', (data: Buffer) => {
        said += data.toString();
        if (said.includes('ready to accept connections')) resolve();
      });
      this.process?.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
    });
  }

  #encrypted(port: number, name: CertificateName): readonly string[] {
    const { cert, key } = certificate(name);
    const files = { 'server.pem': cert, 'server.key.pem': key };
    for (const [file, content] of Object.entries(files)) {
      const path = join(this.folder, file);
      writeFileSync(path, content);
      chmodSync(path, 0o600);
      if (USER.uid !== undefined) chownSync(path, USER.uid, USER.gid);
    }
    return [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      'ssl=on',
      `ssl_cert_file=${join(this.folder, 'server.pem')}`,
      `ssl_key_file=${join(this.folder, 'server.key.pem')}`,
    ];
  }

  /** Stops the server at once, as `pg_ctl stop -m immediate` does. The data remain. */
  async halt(signal: 'SIGQUIT' | 'SIGINT' = 'SIGQUIT'): Promise<void> {
    if (this.process?.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  url(database: string, password = PASSWORD): string {
    return `postgres://chorus:${password}@/${database}?host=${this.folder}`;
  }

  /** Makes a database that is empty or a copy of another one, to which nobody may be connected. Returns the address. */
  async newDatabase(copyOf = 'template1'): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.query(this.url('postgres'), `create database ${name} template ${copyOf}`);
    return this.url(name);
  }

  /** Runs a query as a program other than Chorus would. */
  async query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }
}

function versions(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted((a, b) => Number(b) - Number(a)) : [];
}
