/** The world that the preload runs in, beside the page's own. */
export const preloadWorld = 'electron-preload';
/** Carries messages of that world to the main process, as JSON. */
export const binding = 'electronStandInSend';

/**
 * What runs in the preload's world before the page's scripts: `electron` as a sandboxed preload sees it, then the preload.
 * Values that Electron could not clone are refused as there.
 */
export function preloadScript(preload: string): string {
  return `(() => {
    if (window.top !== window) return;
    const listeners = [];
    const exposed = new Map();
    const plain = (value) => JSON.parse(JSON.stringify(structuredClone(value) ?? null));
    const tell = (name, detail) => window.dispatchEvent(new CustomEvent('stand-in-' + name, { detail: JSON.stringify(detail) }));
    const hear = (name, listener) => window.addEventListener('stand-in-' + name, (event) => listener(JSON.parse(event.detail)));
    const announce = () => { for (const [key, api] of exposed) tell('expose', { key, names: Object.keys(api) }); };
    hear('ready', announce);
    hear('call', ({ key, name, values }) => exposed.get(key)[name](...values.map((value) =>
      'callback' in value ? (...given) => tell('callback', { id: value.callback, values: given.map(plain) }) : value.plain)));
    globalThis.electronStandInReceive = (channel, message) => {
      for (const listener of listeners) if (listener.channel === channel) listener.call({}, message);
    };
    const electron = {
      contextBridge: { exposeInMainWorld(key, api) { exposed.set(key, api); announce(); } },
      ipcRenderer: {
        send: (channel, message) => ${binding}(JSON.stringify({ channel, message: plain(message) })),
        on: (channel, call) => void listeners.push({ channel, call }),
      },
    };
    const require = (name) => { if (name === 'electron') return electron; throw new Error('module not found: ' + name); };
    ((require, module, exports) => {${preload}
    })(require, { exports: {} }, {});
  })()`;
}

/** What runs in the page's world before its scripts: the other end of `contextBridge`. */
export const pageScript = `(() => {
  if (window.top !== window) return;
  const callbacks = [];
  const tell = (name, detail) => window.dispatchEvent(new CustomEvent('stand-in-' + name, { detail: JSON.stringify(detail) }));
  const hear = (name, listener) => window.addEventListener('stand-in-' + name, (event) => listener(JSON.parse(event.detail)));
  const carried = (value) => typeof value === 'function'
    ? { callback: callbacks.push(value) - 1 } : { plain: JSON.parse(JSON.stringify(structuredClone(value) ?? null)) };
  hear('callback', ({ id, values }) => callbacks[id](...values));
  hear('expose', ({ key, names }) => {
    if (Object.hasOwn(window, key)) return;
    const api = Object.fromEntries(names.map((name) => [name, (...given) => tell('call', { key, name, values: given.map(carried) })]));
    Object.defineProperty(window, key, { value: Object.freeze(api), enumerable: true });
  });
  tell('ready', {});
})()`;
