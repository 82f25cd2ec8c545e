/**
 * For scripts that `run-child` starts: a test that timed out waits for them no more, so they end when its process does,
 * which closes their stdin. By a signal, for a call on a hung keychain would hold up any other end. Keeps nobody alive.
 */
const end = (): void => void process.kill(process.pid, 'SIGKILL');
process.stdin.on('end', end).on('error', end).resume().unref();
