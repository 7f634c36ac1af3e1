import { describe, expect, it } from 'vitest';
import { postgresAddress } from './postgres-address.js';

describe('the address of a database server', () => {
  it.each([
    ['postgres://chorus:secret@db.example.org/chorus', 'postgres://db.example.org:5432/chorus'],
    ['postgresql://chorus:p%40ss%2Fword@[::1]:6432/chorus?sslmode=disable', 'postgres://[::1]:6432/chorus'],
    ['postgres://chorus:secret@/chorus?host=/run/postgresql', 'postgres:///run/postgresql:5432/chorus'],
    ['postgres:///chorus?host=/run/postgresql&user=chorus&password=secret', 'postgres:///run/postgresql:5432/chorus'],
  ])('%s is shown as %s', (url, shown) => {
    expect(postgresAddress(url).shown).toBe(shown);
  });

  it('checks certificates for exactly the sslmodes that do so today', () => {
    const given = (query: string): string =>
      postgresAddress(`postgres://u:p@h/d?${query}`).connectionString.split('?')[1] ?? '';
    expect(given('sslmode=require')).toBe('sslmode=verify-full');
    expect(given('connect_timeout=3&sslmode=prefer&x=1')).toBe('connect_timeout=3&sslmode=verify-full&x=1');
    expect(given('sslmode=no-verify')).toBe('sslmode=no-verify');
    expect(given('sslmode=disable')).toBe('sslmode=disable');
    expect(given('uselibpqcompat=true&sslmode=require')).toBe('uselibpqcompat=true&sslmode=require');
  });

  it('cannot change the application name by which servers find each other', () => {
    expect(postgresAddress('postgres://u:p@h/d?application_name=other&x=1').connectionString).not.toContain('other');
  });

  it.each(['', 'chorus.db', 'mysql://u:planted@h/d', 'postgres://u:planted@h:port/d', 'file:/etc/passwd'])(
    'refuses %j, and never shows it',
    (url) => {
      let thrown: unknown;
      try {
        postgresAddress(url);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: 'store.refused' });
      expect(JSON.stringify([(thrown as Error).message, thrown])).not.toContain('planted');
    },
  );
});
