import { typedName, typedWord } from '../../connections/typed-name.ts';
import { readCredentials } from '../connections.ts';
import { type Context, badInput } from '../context.ts';
import { printFailure, printJson, withVault } from '../output.ts';
import type { ConnectCommandOptions } from '../system-user.ts';
import { openService, readPlan } from './common.ts';

/** `latchkey system-user connect PLAN`: the password-grant connection, with the addresses of the one that planned. */
export async function connect(
  context: Context,
  file: string,
  options: ConnectCommandOptions,
): Promise<number> {
  const { terminal } = context;
  const plan = await readPlan(terminal, file);
  if (!plan.ok) return printFailure(terminal, plan.error, options);
  const credentials = await readCredentials(terminal, options);
  if (!credentials.ok) return printFailure(terminal, credentials.error, options);
  const { password, clientSecret } = credentials.value;
  if (password === undefined) {
    const { error } = badInput(
      'The password of the system user is missing.',
      'Give it with --password-env and the name of a variable, or --password-stdin.',
    );
    return printFailure(terminal, error, options);
  }
  const opened = await openService(context, options);
  if (!opened.ok) return printFailure(terminal, opened.error, options);
  const { console, service } = opened.value;
  const { name, clientId } = options;
  const connected = await service.connect(
    plan.value,
    { name, clientId, password, ...(clientSecret !== undefined && { clientSecret }) },
    terminal.signal,
  );
  if (!connected.ok) return printFailure(terminal, connected.error, options);
  for (const caution of console.cautions(connected.value)) terminal.note(`Mind: ${caution}`);
  if (options.json) await printJson(terminal, { connection: connected.value.name });
  else {
    terminal.note(`${connected.value.name} is signed in as the system user.`);
    terminal.note(
      withVault(
        `Next: latchkey system-user verify ${typedWord(file)} --as ${typedName(connected.value)}`,
        options,
      ),
    );
  }
  return 0;
}
