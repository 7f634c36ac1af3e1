import { expect, it } from 'vitest';
import { devicePolicy } from './policy.js';

const asks = (name: string, destructive = false): boolean =>
  devicePolicy({ name, destructive, readOnly: false })?.confirm ?? false;

it.each([
  'self.reboot',
  'self.system.reconfigure_wifi',
  'self.upgrade_firmware',
  'self.network.switch_to_4g',
  'self.assets.set_download_url',
  'self.system.factory_reset',
  'self.power_off',
])('a tool that makes the device unavailable needs a confirmation: %s', (name) => {
  expect(asks(name)).toBe(true);
  expect(devicePolicy({ name, destructive: false, readOnly: false })?.question?.zh).toMatch(/吗？/);
});

it.each([
  'self.get_device_status',
  'self.audio_speaker.set_volume',
  'self.screen.set_theme',
  'self.camera.take_photo',
  'self.lamp.turn_on',
  'self.network.get_status',
  'self.chassis.go_forward',
])('an everyday tool needs no confirmation: %s', (name) => expect(asks(name)).toBe(false));

it('a tool that the device calls destructive needs a confirmation', () =>
  expect(asks('self.door.open', true)).toBe(true));
