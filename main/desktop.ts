import path from 'node:path';
import { app, dialog, protocol } from 'electron';
import { runDesktop } from './desktop/run.ts';
import { registerAppScheme } from './desktop/security/app-scheme.ts';
import { sandboxEverything, withoutSandbox, withoutSandboxWords } from './desktop/security/sandbox.ts';
import { profileFolder } from './home.ts';
import { makeFolder } from './make-folder.ts';

// The desktop door. What has to be said before the app is ready is said here.
const home = profileFolder(process.env);
// What Chromium keeps (caches, the theme chosen) stands apart from what is ours. Electron takes no folder that is not there.
const chromiums = path.join(home, 'window');
makeFolder(chromiums);
app.setName('Latchkey');
app.setPath('userData', home);
app.setPath('sessionData', chromiums);
sandboxEverything(app);
registerAppScheme(protocol);

if (withoutSandbox(app)) {
  // Not at once: before the app is ready, Linux shows no dialog and writes to stderr.
  void app.whenReady().then(() => {
    dialog.showErrorBox(withoutSandboxWords.title, withoutSandboxWords.text);
    app.exit(1);
  });
} else if (app.requestSingleInstanceLock()) {
  // One instance a profile: a second start brings the window of the first one forward.
  // Not awaited: Electron is ready only after this module has run.
  app
    .whenReady()
    .then(() => runDesktop(home))
    .catch((error: unknown) => {
      const cause = error instanceof Error ? error.message : String(error);
      dialog.showErrorBox('Latchkey could not start', `${cause}\nIts profile folder is ${home}.`);
      app.exit(1);
    });
} else {
  app.quit();
}
