import { expect, test } from 'vitest';
import { browserCommands } from '../../../main/sessions/browser.ts';

test.each<[NodeJS.Platform, Record<string, string>, string[][]]>([
  ['darwin', {}, [['/usr/bin/open']]],
  [
    'win32',
    { SystemRoot: 'D:\\Windows' },
    [['D:\\Windows\\System32\\rundll32.exe', 'D:\\Windows\\System32\\url.dll,FileProtocolHandler']],
  ],
  ['linux', { DISPLAY: ':0' }, [['xdg-open']]],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, [['xdg-open']]],
  ['linux', {}, []],
  ['linux', { DISPLAY: '' }, []],
])('on %s with %j the page is opened by %j', (platform, env, commands) => {
  expect(browserCommands({ platform, env })).toEqual(commands);
});

test.each<[Record<string, string>, string[][]]>([
  [{ BROWSER: 'firefox' }, [['firefox']]],
  [{ BROWSER: 'firefox -new-tab %s:w3m' }, [['firefox', '-new-tab', '%s'], ['w3m']]],
  [{ BROWSER: ' : ', DISPLAY: ':0' }, [['xdg-open']]],
  [
    { LATCHKEY_BROWSER: '"/opt/a browser/run" --private', BROWSER: 'w3m' },
    [['/opt/a browser/run', '--private']],
  ],
  [{ LATCHKEY_BROWSER: 'run; rm -rf $HOME' }, [['run;', 'rm', '-rf', '$HOME']]],
])('with %j the commands are %j, and no shell reads them', (env, commands) => {
  expect(browserCommands({ platform: 'linux', env })).toEqual(commands);
});

test('a colon separates nothing on Windows', () => {
  expect(browserCommands({ platform: 'win32', env: { BROWSER: 'C:\\browser.exe' } })).toEqual([
    ['C:\\browser.exe'],
  ]);
});
