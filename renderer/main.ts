import { mount } from 'svelte';
import App from './App.svelte';
import './tokens.css';
import './base.css';
import { browserTransport } from './bridge/browser.ts';
import { createBridge } from './bridge/client.ts';
import { desktopPort, desktopTransport } from './bridge/desktop.ts';
import { snapshot } from './bridge/snapshot.svelte.ts';
import { apply } from './state/theme.svelte.ts';

apply();
const port = desktopPort();
const bridge = createBridge(port === null ? browserTransport() : desktopTransport(port), snapshot);
const target = document.getElementById('console');
if (target !== null) mount(App, { target, props: { bridge } });
