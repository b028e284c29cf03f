// Copies of models in JetStream's object store: for people, to look at and to bring back.
import type { NatsConnection } from 'nats';
import type { Settings } from '../../config/settings.js';
import { ObjectBucket, type StoredObject } from '../../connectors/nats/object-bucket.js';
import { decodeModel, isModel } from '../../operators/forecast/neural/model.js';
import type { Score } from '../../operators/forecast/neural/score.js';

export interface ModelCopy {
  readonly version: string;
  readonly savedAt: string;
  readonly bytes: number;
  /** On the buckets that its training held back; null: nobody said. */
  readonly score: Score | null;
}

/** The engine needs none of them: a model is in its event, whole. */
export class ModelCopies {
  readonly #bucket: ObjectBucket;
  readonly #keep: number;

  private constructor(bucket: ObjectBucket, keep: number) {
    this.#bucket = bucket;
    this.#keep = keep;
  }

  /** Makes the bucket where it is missing. @throws Error that says what to do */
  static async open(
    connection: NatsConnection,
    { nats, neural }: Settings,
    bucket: string,
  ): Promise<ModelCopies> {
    const { replicas } = nats;
    const options = { bucket, replicas, description: 'stockpulse models' };
    return new ModelCopies(await ObjectBucket.open(connection, options), neural.keep);
  }

  /** Keeps the newest ones. */
  async put(version: string, bytes: Uint8Array, score: Score | null): Promise<void> {
    const metadata = score === null ? {} : { score: JSON.stringify(score) };
    await this.#bucket.put(version, metadata as Record<string, string>, once(bytes));
    for (const old of (await this.#newestFirst()).slice(this.#keep)) await this.#bucket.remove(old);
  }

  /** The newest first. */
  async list(): Promise<ModelCopy[]> {
    return (await this.#newestFirst()).map(({ name, info }) => {
      const score = info?.metadata?.score;
      return {
        version: name,
        savedAt: info?.mtime ?? '',
        bytes: info?.size ?? 0,
        score: score === undefined ? null : (JSON.parse(score) as Score),
      };
    });
  }

  /** Null: there is none of that name. @throws Error when it is damaged */
  async get(version: string): Promise<Uint8Array | null> {
    const slices = await this.#bucket.get(version);
    if (slices === null) return null;
    const parts: Uint8Array[] = [];
    for await (const slice of slices) parts.push(slice);
    const bytes = Buffer.concat(parts);
    const model = decodeModel(bytes);
    if (!isModel(model)) throw new Error(`model ${version} is refused: ${model.refused}`);
    return bytes;
  }

  async #newestFirst(): Promise<StoredObject[]> {
    return (await this.#bucket.list()).sort((a, b) => b.revision - a.revision);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
