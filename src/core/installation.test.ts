import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownCommand, withOwnCommand } from './installation.js';

let folder = '';
async function install(root: string): Promise<string> {
  await mkdir(join(root, 'dist/cli'), { recursive: true });
  await writeFile(join(root, 'package.json'), '{}');
  await writeFile(join(root, 'dist/cli/chorus.js'), '');
  return root;
}
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'chorus-command-'))));
afterEach(() => rm(folder, { recursive: true }));

it('names npx with the package name in the folder of the installation, and never another package', async () => {
  const root = await install(join(folder, 'clone'));
  expect(ownCommand({ root, cwd: root })).toBe('npx xiaozhi-chorus');
  const inProject = await install(join(folder, 'project/node_modules/xiaozhi-chorus'));
  expect(ownCommand({ root: inProject, cwd: join(folder, 'project') })).toBe('npx xiaozhi-chorus');
});

it('names the program itself elsewhere, or if the folder is not known', async () => {
  const root = await install(join(folder, 'clone'));
  for (const cwd of [folder, undefined]) expect(ownCommand({ root, cwd })).toBe(`node ${root}/dist/cli/chorus.js`);
  const spaced = await install(join(folder, "it's here"));
  expect(ownCommand({ root: spaced })).toBe(`node '${spaced.replace("'", `'\\''`)}/dist/cli/chorus.js'`);
});

it('names chorus after a global installation, but not if another program has that name', async () => {
  const root = await install(join(folder, 'lib'));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'chorus'), 'another');
  expect(ownCommand({ root, path: `/nowhere:${bin}` })).toBe(`node ${root}/dist/cli/chorus.js`);
  await rm(join(bin, 'chorus'));
  await symlink(join(root, 'dist/cli/chorus.js'), join(bin, 'chorus'));
  expect(ownCommand({ root, path: `/nowhere:${bin}` })).toBe('chorus');
  const npm = join(folder, 'node_modules/.bin');
  await mkdir(npm, { recursive: true });
  await symlink(join(root, 'dist/cli/chorus.js'), join(npm, 'chorus'));
  expect(ownCommand({ root, path: npm })).not.toBe('chorus');
});

it('replaces only the commands in a text', () => {
  expect(
    withOwnCommand('Run `npx chorus setup`, or `chorus doctor`. Chorus looks; `chorus` and chorus stay.', 'node x'),
  ).toBe('Run `node x setup`, or `node x doctor`. Chorus looks; `chorus` and chorus stay.');
});
