import { expect, test } from 'vitest';
import { webPreferences } from '../../../../main/desktop/security/web-preferences.ts';

test('the window has no Node, a world and a process of its own, and no feature that weakens the web', () => {
  expect(webPreferences('/preload.cjs', true)).toEqual({
    preload: '/preload.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    webgl: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    disableBlinkFeatures: 'Auxclick',
    spellcheck: false,
    devTools: false,
  });
});

test('no feature of the engine is switched on by name', () => {
  expect(webPreferences('/preload.cjs', false)).not.toHaveProperty('enableBlinkFeatures');
});

test('builds for people have no developer tools', () => {
  expect(webPreferences('/preload.cjs', true).devTools).toBe(false);
  expect(webPreferences('/preload.cjs', false).devTools).toBe(true);
});
