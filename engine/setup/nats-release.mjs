// The official nats-server release: which one, its checksums, and how it gets onto this machine.
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runQuiet } from './children.mjs';
import { SetupError } from './say.mjs';

/** Also the tag of the Docker image, here and in docker-compose.yml. */
export const NATS_VERSION = '2.14.3';
const RELEASES = 'https://github.com/nats-io/nats-server/releases/download';

const DOWNLOAD_LIMIT_MS = 180_000;
const EXTRACT_LIMIT_MS = 60_000;

/**
 * SHA-256 of each archive of the pinned release, by `process.platform-process.arch`. Linux and
 * Windows as in the recipes of the official Docker images, macOS as others pin the same files.
 * A platform that is not listed is not downloaded: nothing runs here that was not checked.
 */
export const ARCHIVES = {
  'linux-x64': {
    file: `nats-server-v${NATS_VERSION}-linux-amd64.tar.gz`,
    sha256: 'f3d0c820c749f81d717310fb00d4903919e70e3e66b268bd352a088b9788eb93',
  },
  'linux-arm64': {
    file: `nats-server-v${NATS_VERSION}-linux-arm64.tar.gz`,
    sha256: '1759b6a0ddebade9471b7c02891dfaa8c73b526c6f3ce391d4e21ec3eceffab8',
  },
  'linux-arm': {
    file: `nats-server-v${NATS_VERSION}-linux-arm7.tar.gz`,
    sha256: 'd70d6de7ad0d587ad3047f4516a054f64b693edb79894d7ec0a2d176be31f6cf',
  },
  'linux-ppc64': {
    file: `nats-server-v${NATS_VERSION}-linux-ppc64le.tar.gz`,
    sha256: '12b4ecc73e7023b501a374913c7e70f7487107743dbab7cc7da627348b87f9d3',
  },
  'linux-s390x': {
    file: `nats-server-v${NATS_VERSION}-linux-s390x.tar.gz`,
    sha256: 'be525fec7cf3dac23e9617ca2b4b3767e79b1f684a456f3a2e85e1b3d40a6da9',
  },
  'darwin-x64': {
    file: `nats-server-v${NATS_VERSION}-darwin-amd64.tar.gz`,
    sha256: 'effa518fe623433d7c3321991db419bb1e00aa9b19ae761b559b580434afc3ab',
  },
  'darwin-arm64': {
    file: `nats-server-v${NATS_VERSION}-darwin-arm64.tar.gz`,
    sha256: 'e086395457a7a93a440433a446c9f161f917d35c0374640555123e8d8d4b7fe9',
  },
  'win32-x64': {
    file: `nats-server-v${NATS_VERSION}-windows-amd64.zip`,
    sha256: '94e338d742761272e31eab1efb1f767eac3a2e56e4c05a7933c65a73fe95a27b',
  },
};

/** Where the downloaded server lies, whether or not it does yet. */
export function releasePath(root) {
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  return join(root, '.stockpulse', 'bin', `nats-${NATS_VERSION}`, name);
}

/**
 * Downloads, checks and unpacks the release; returns the path of the binary.
 * The target appears whole or not at all, so two set-ups at once do no harm.
 */
export async function installRelease({ root, say, base = RELEASES, archive = archiveHere() }) {
  const url = `${base}/v${NATS_VERSION}/${archive.file}`;
  say(`downloading ${url}`);
  const bytes = await download(url);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== archive.sha256) {
    throw new SetupError(
      `${url} has SHA-256 ${sha256}, expected ${archive.sha256}; it was thrown away.`,
    );
  }
  const target = releasePath(root);
  await unpack(bytes, archive.file, target);
  return target;
}

function archiveHere() {
  const platform = `${process.platform}-${process.arch}`;
  const archive = ARCHIVES[platform];
  if (archive === undefined) {
    throw new SetupError(`no nats-server ${NATS_VERSION} release is pinned for ${platform}.`);
  }
  return archive;
}

async function download(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_LIMIT_MS) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const cause = error.cause?.message ?? error.message;
    throw new SetupError(`cannot download ${url}: ${cause}.`);
  }
}

async function unpack(bytes, file, target) {
  const folder = join(target, '..');
  await mkdir(join(folder, '..'), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    await writeFile(join(work, file), bytes);
    const tar = await runQuiet('tar', ['-xf', file], { cwd: work, timeoutMs: EXTRACT_LIMIT_MS });
    if (tar.code !== 0) throw new SetupError(`cannot unpack ${file}: ${tar.output.trim()}`);
    const inner = (await readdir(work, { withFileTypes: true })).find((one) => one.isDirectory());
    if (inner === undefined) throw new SetupError(`${file} holds no folder with a nats-server.`);
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, inner.name), folder);
    await chmod(target, 0o755);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
