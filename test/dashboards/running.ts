// Starts the server with the sample shop on a free port, and opens WebSockets that remember.
import { WebSocket } from 'ws';
import type { ScreenLog, ServerMessage } from '../../dashboards/protocol.js';
import { type ScreenServer, type ServerOptions, startServer } from '../../dashboards/server.js';
import { SampleModel } from './sample-model.js';

interface LogLine {
  readonly fields: object;
  readonly message: string;
}

export interface Running {
  readonly model: SampleModel;
  readonly server: ScreenServer;
  /** All that was logged, to look for what must not be there. */
  readonly logged: LogLine[];
}

export async function startSample(options: Partial<ServerOptions> = {}): Promise<Running> {
  const model = new SampleModel();
  const logged: LogLine[] = [];
  const write = (fields: object, message: string) => {
    logged.push({ fields, message });
  };
  const log: ScreenLog = { info: write, warn: write, error: write };
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    token: null,
    model,
    parts: () => model.parts,
    metrics: () => 'stockpulse_events_total{kind="order.placed"} 7\n',
    log,
    ...options,
  });
  return { model, server, logged };
}

export interface Screen {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[];
  /** Resolves with code and reason when the server has closed or refused the socket. */
  readonly ended: Promise<{ code: number; reason: string }>;
}

export interface ScreenOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

export function openScreen(server: ScreenServer, options: ScreenOptions = {}): Screen {
  const { headers = {}, path = '/live' } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
  const messages: ServerMessage[] = [];
  socket.on('message', (data) => {
    messages.push(JSON.parse(data.toString()) as ServerMessage);
  });
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      resolve({ code: response.statusCode ?? 0, reason: 'refused' });
      socket.terminate();
    });
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    socket.on('error', (error) => resolve({ code: 0, reason: error.message }));
  });
  return { socket, messages, ended };
}

/** Waits until `holds` gives something; fails with `what` after the deadline. */
export async function eventually<T>(
  what: string,
  holds: () => T | undefined | false,
  deadlineMs = 15_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  while (Date.now() < end) {
    const value = holds();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}`);
}
