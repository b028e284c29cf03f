// Serves the built page, from the sources as from dist, and says so where it is not built.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { messagePage } from './message-page.js';

/** `dist/web` of this package: its root is the first folder upwards with a package.json. */
export function builtWebFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return join(folder, 'dist', 'web');
}

export async function addWebFiles(app: FastifyInstance, folder: string): Promise<boolean> {
  const built = existsSync(join(folder, 'index.html'));
  if (!built) {
    app.get('/', (_request, reply) =>
      reply
        .code(503)
        .type('text/html; charset=utf-8')
        .send(messagePage('The page is not built yet', 'Run "npm run build", then reload.')),
    );
    return false;
  }
  await app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Vite puts a hash of the content into the names in assets/.
      const hashed = relative(folder, path).startsWith('assets');
      reply.header('Cache-Control', hashed ? 'private, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return true;
}
