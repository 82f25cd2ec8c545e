#!/usr/bin/env node
// Stands in for fpm, which makes .deb and .rpm files: keeps what electron-builder tells it, beside where the package would be.
import { copyFileSync, writeFileSync } from 'node:fs';

const words = process.argv.slice(2);
const after = (word) => words[words.indexOf(word) + 1];
const target = after('--package');
const entry = words.find((word) => word.includes('.desktop='))?.split('=')[0] ?? '';
copyFileSync(entry, `${target}.desktop`);
copyFileSync(after('--after-install'), `${target}.after-install`);
copyFileSync(after('--after-remove'), `${target}.after-remove`);
writeFileSync(`${target}.json`, JSON.stringify(words));
writeFileSync(target, '');
