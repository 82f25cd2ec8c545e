/** A process that writes `times` items of its own into a passphrase file. Arguments: JSON of {@link FileOrder}. */
import { openFileVault } from '../../main/vault/file.ts';
import './end-with-parent.ts';

export interface FileOrder {
  readonly path: string;
  readonly passphrase: string;
  readonly workFactor: number;
  readonly name: string;
  readonly times: number;
}

const order = JSON.parse(process.argv[2] ?? '') as FileOrder;
const vault = openFileVault(order);
for (let turn = 0; turn < order.times; turn += 1) {
  const written = await vault.write(`${order.name}-${turn}`, `${turn}`);
  if (!written.ok) console.log(JSON.stringify(written));
}
await vault.close();
