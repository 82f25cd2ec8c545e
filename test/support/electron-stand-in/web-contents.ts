import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type {
  OnBeforeRequestListenerDetails,
  WebFrameMain,
  WebPreferences,
  WindowOpenHandlerResponse,
} from 'electron';
import type { Chromium, Session } from './chromium.ts';
import { ipcMain, protocolHandlers, requestRules } from './services.ts';
import { binding, pageScript, preloadScript, preloadWorld } from './worlds.ts';

/** `app://host/` stands in for `https://host.app.invalid/`, for Chromium takes no scheme from outside. */
const outward = (url: string): string => url.replace(/^app:\/\/([^/]+)/, 'https://$1.app.invalid');
const inward = (url: string): string => url.replace(/^https:\/\/([^/]+)\.app\.invalid/, 'app://$1');

interface Paused {
  requestId: string;
  request: { url: string; method: string };
  resourceType: string;
  frameId: string;
}

interface Target {
  targetId: string;
  type: string;
}

let ids = 0;

/** The parts of Electron's `WebContents` that the desktop door uses, over one Chromium page. */
export class WebContents extends EventEmitter {
  readonly id = (ids += 1);
  readonly preferences: WebPreferences;
  readonly attached: Promise<Session>;
  targetId = '';
  #url = '';
  #context = 0;
  #expected = '';
  #destroyed = false;
  #windowOpen: (details: { url: string }) => WindowOpenHandlerResponse = () => ({ action: 'allow' });

  constructor(chromium: Promise<Chromium>, preferences: WebPreferences) {
    super();
    this.preferences = preferences;
    this.attached = this.#attach(chromium);
  }
  getURL(): string {
    return this.#url;
  }
  getLastWebPreferences(): WebPreferences {
    return this.preferences;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  get mainFrame(): Pick<WebFrameMain, 'url' | 'parent'> {
    return { url: this.#url, parent: null };
  }
  setWindowOpenHandler(handler: (details: { url: string }) => WindowOpenHandlerResponse): void {
    this.#windowOpen = handler;
  }
  send(channel: string, message: unknown): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    const cloned: unknown = deserialize(serialize(message));
    const expression = `electronStandInReceive(${JSON.stringify(channel)}, ${JSON.stringify(cloned)})`;
    void this.attached
      .then((session) => session.send('Runtime.evaluate', { expression, contextId: this.#context }))
      .catch(() => undefined); // the document has gone
  }
  async loadURL(url: string): Promise<void> {
    const session = await this.attached;
    this.#expected = outward(url);
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve));
    await session.send('Page.navigate', { url: this.#expected });
    await loaded;
  }
  destroy(): void {
    this.#destroyed = true;
    this.emit('destroyed');
  }

  async #attach(starting: Promise<Chromium>): Promise<Session> {
    const chromium = await starting;
    const { targetId } = await chromium.browser.send<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
    });
    this.targetId = targetId;
    const session = await chromium.attach(targetId);
    session.on('Fetch.requestPaused', (paused: Paused) => void this.#answer(session, paused));
    // Chromium opens the window by itself; where the handler denies it, it is closed, whichever event comes first.
    const opened = new Set<string>();
    let denied = false;
    const close = (): void => {
      for (const id of opened) void chromium.browser.send('Target.closeTarget', { targetId: id });
      opened.clear();
    };
    session.on('Page.windowOpen', ({ url }: { url: string }) => {
      denied = this.#windowOpen({ url: inward(url) }).action === 'deny';
      if (denied) close();
    });
    chromium.browser.on('Target.targetCreated', ({ targetInfo }: { targetInfo: Target }) => {
      if (targetInfo.type === 'page' && targetInfo.targetId !== targetId) opened.add(targetInfo.targetId);
      if (denied) close();
    });
    session.on(
      'Runtime.executionContextCreated',
      ({ context }: { context: { id: number; name: string } }) => {
        if (context.name === preloadWorld) this.#context = context.id;
      },
    );
    session.on('Runtime.bindingCalled', ({ name, payload }: { name: string; payload: string }) => {
      if (name !== binding) return;
      const { channel, message } = JSON.parse(payload) as { channel: string; message: unknown };
      ipcMain.emit(channel, { sender: this, senderFrame: this.mainFrame }, message);
    });
    session.on('Page.frameNavigated', ({ frame }: { frame: { url: string; parentId?: string } }) => {
      if (frame.parentId !== undefined) return;
      this.#url = inward(frame.url);
      this.emit('did-navigate', {}, this.#url);
    });
    session.on('Page.navigatedWithinDocument', ({ url }: { url: string }) => (this.#url = inward(url)));
    session.on('Page.loadEventFired', () => this.emit('did-finish-load'));
    await chromium.browser.send('Target.setDiscoverTargets', { discover: true });
    const preload = preloadScript(readFileSync(this.preferences.preload ?? '', 'utf8'));
    await session.send('Runtime.enable');
    await session.send('Page.enable');
    await session.send('Runtime.addBinding', { name: binding, executionContextName: preloadWorld });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: preload, worldName: preloadWorld });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript });
    await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    return session;
  }

  async #answer(session: Session, { requestId, request, resourceType, frameId }: Paused): Promise<unknown> {
    const url = inward(request.url);
    const refuse = (errorReason: string): Promise<unknown> =>
      session.send('Fetch.failRequest', { requestId, errorReason });
    if (resourceType === 'Document' && request.url !== this.#expected && !this.#mayNavigate(url, frameId)) {
      return refuse('Aborted');
    }
    if (resourceType === 'Document') this.#expected = '';
    for (const rule of requestRules) {
      const details = { url, method: request.method } as OnBeforeRequestListenerDetails;
      const { cancel } = await new Promise<{ cancel?: boolean }>((resolve) => rule(details, resolve));
      if (cancel) return refuse('BlockedByClient');
    }
    const handler = protocolHandlers.get(new URL(url).protocol.slice(0, -1));
    if (!handler) return refuse('NameNotResolved');
    const response = await handler(new Request(url, { method: request.method }));
    return session.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    });
  }

  #mayNavigate(url: string, frameId: string): boolean {
    let allowed = true;
    // A page's main frame has the target's own id.
    const isMainFrame = frameId === this.targetId;
    this.emit('will-frame-navigate', { url, isMainFrame, preventDefault: () => (allowed = false) });
    return allowed;
  }
}
