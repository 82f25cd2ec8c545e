import { mount } from 'svelte';
import App from '../App.svelte';
import '../tokens.css';
import '../base.css';
import { apply } from '../state/theme.svelte.ts';
import { fakeBridge, scenes } from './fake.ts';

apply();
const wanted = new URLSearchParams(location.search).get('scene');
const scene = scenes.find((known) => known === wanted) ?? 'full';
const target = document.getElementById('console');
if (target !== null) mount(App, { target, props: { bridge: fakeBridge(scene) } });
