import type { WebPreferences } from 'electron';

/**
 * The attack: script in the page (a vendor's text that became markup) reaches Node, the preload's world, another origin,
 * or an engine's feature that is not finished.
 * The rule: every switch that bears on it is stated, so that none rests on a default that changes with a version.
 * https://www.electronjs.org/docs/latest/tutorial/security#2-do-not-enable-nodejs-integration-for-remote-content and the
 * items 3 (context isolation), 4 (sandbox), 6 (web security), 8 (insecure content), 9 (experimental features), 10
 * (enableBlinkFeatures, which stays unset) and 11 (webview).
 * @param preload the preload's file
 * @param packaged whether this is a build for people, which has no developer tools
 */
export function webPreferences(preload: string, packaged: boolean): WebPreferences {
  return {
    preload,
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
    // A click with the middle button would open a window past the rule for links.
    disableBlinkFeatures: 'Auxclick',
    // It would fetch dictionaries from a server, and names in a search are no spelling mistakes.
    spellcheck: false,
    devTools: !packaged,
  };
}
