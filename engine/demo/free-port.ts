// A port for the live page: the usual one if nobody has it, else any.
import { createServer } from 'node:net';

/** `wanted`, or 0 (any free port) when it is taken. */
export async function freePort(wanted: number): Promise<number> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen({ host: '127.0.0.1', port: wanted }, () => {
      probe.close(() => resolve(wanted));
    });
  });
}
