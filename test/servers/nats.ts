// A real nats-server for tests: on a free port, in a temporary folder that goes with it.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { findNatsServer } from '../../connectors/nats/find-server.js';
import { type LocalNats, startLocalNats } from '../../connectors/nats/local-server.js';

export interface TestNats {
  readonly url: string;
  readonly port: number;
  /** Ends it as an operator would; the folder stays until `stop`. */
  halt(): Promise<void>;
  /** kill -9, and waits until it is gone; the folder stays. */
  kill(): Promise<void>;
  /** Any other signal, such as SIGSTOP; does not wait. */
  signal(name: NodeJS.Signals): void;
  /** Starts it again (ending it first when it runs) with the same folder and port. */
  restart(): Promise<void>;
  /** Ends it and deletes its folder. May be called twice. */
  stop(): Promise<void>;
}

export async function startTestNats(): Promise<TestNats> {
  const server = await findNatsServer(process.env);
  if (server === null) {
    throw new Error(
      'tests need nats-server: put it on PATH or name it in STOCKPULSE_NATS_SERVER ' +
        '(npm test does that by itself)',
    );
  }
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-nats-'));
  let running: LocalNats = await startLocalNats({ server, dir });
  const { port, url } = running;
  return {
    url,
    port,
    halt: () => running.stop(),
    kill: async () => {
      running.kill('SIGKILL');
      await running.exited;
    },
    signal: (name) => running.kill(name),
    restart: async () => {
      await running.stop();
      running = await startLocalNats({ server, dir, port });
    },
    stop: async () => {
      await running.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A server without JetStream, until the test has finished; resolves with its address. */
export async function startBareNats(): Promise<string> {
  const server = await findNatsServer(process.env);
  const child = spawn(server ?? '', ['-a', '127.0.0.1', '-p', '-1'], { stdio: 'pipe' });
  onTestFinished(() => void child.kill());
  for await (const line of createInterface({ input: child.stderr })) {
    const found = /client connections on (\S+)/.exec(line);
    if (found !== null) return `nats://${found[1]}`;
  }
  throw new Error('nats-server ended before it listened');
}
