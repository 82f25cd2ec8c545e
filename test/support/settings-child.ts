import { addConnection } from '../../main/connections/connections.ts';
import { testConnection } from './sessions.ts';

// Adds connections one after the other until it is killed, and says each name once it is told that it was written.
const [home = '', prefix = ''] = process.argv.slice(2);
for (let number = 0; ; number += 1) {
  const name = `${prefix}-${number}`;
  const added = await addConnection(home, testConnection({ id: crypto.randomUUID(), name }));
  if (!added.ok) throw new Error(added.error.message);
  process.stdout.write(`${name}\n`);
}
