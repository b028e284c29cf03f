// The child process that holds ClickHouse's engine: takes its orders over the channel to its parent.
import type { Server } from 'node:http';
import { constants, setPriority } from 'node:os';
import { type Engine, openEngine } from './embedded-engine.js';
import { createEmbeddedHttp } from './embedded-http.js';
import type { ChildAnswer, ChildOrder, ChildSettings } from './embedded-protocol.js';

/** What is under way gets this long; the engine itself survives being cut off. */
const PATIENCE_MS = 5_000;

/** History may wait for a core, a signal may not: before the engine starts its threads. */
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

let running: { readonly engine: Engine; readonly server: Server } | null = null;
let stopping = false;

process.on('message', (order: ChildOrder) => {
  if (order.kind === 'start') void start(order.settings);
  else void stop();
});
// The parent has gone, in whatever way: nobody could use what is here.
process.on('disconnect', () => void stop());
// Ctrl-C and a service manager's signal to the whole group are the parent's to act on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void stop());

async function start(settings: ChildSettings): Promise<void> {
  try {
    const engine = await openEngine(settings);
    const server = createEmbeddedHttp({ ...settings, engine });
    running = { engine, server };
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(settings.port, '127.0.0.1', done);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : settings.port;
    tell({ kind: 'ready', port, version: engine.version });
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    await stop(1);
  }
}

async function stop(code = 0): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), PATIENCE_MS).unref();
  try {
    if (running?.server.listening) {
      const closed = new Promise((done) => running?.server.close(done));
      running.server.closeIdleConnections();
      await closed;
    }
    await running?.engine.close();
  } catch (error) {
    process.stderr.write(`closing the engine: ${String(error)}\n`);
  }
  process.exit(code);
}

function tell(answer: ChildAnswer): void {
  if (process.connected) process.send?.(answer);
}
