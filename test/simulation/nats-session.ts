// What the simulated server answers on one connection: stored results, consumers, requests.
import type { Consumer, Delivered, NatsServer, Pull, Stream, Words } from './nats-server.js';
import type { Process, World } from './process.js';

/** What of a message the engine's code looks at, and the subscription that it goes to. */
export interface Said {
  readonly to: string;
  readonly subject: string;
  readonly reply?: string;
  readonly data: Uint8Array;
  readonly words?: Words;
  /** Of the message, by its header. */
  readonly id?: string;
}

interface Link {
  readonly process: Process;
  readonly say: (said: Said) => void;
}

/** What of a consumer's settings the engine uses. */
interface ConsumerConfig {
  readonly name: string;
  readonly opt_start_seq?: number;
  readonly opt_start_time?: string;
  readonly headers_only?: boolean;
}

const EMPTY = new Uint8Array();
const NO_MESSAGE = { error: { code: 404, err_code: 10037, description: 'no message found' } };
const HEARTBEAT_MS = 1_000;

export class Session {
  constructor(
    private readonly server: NatsServer,
    private readonly world: World,
    private readonly link: Link,
  ) {}

  store(sent: { subject: string; id: string; data: Buffer; reply: string }): void {
    const { faults, scheduler, trace } = this.world;
    const { subject, id, data, reply } = sent;
    const answer = (body: object): void => {
      if (faults.strikes('nats.lose-ack')) return;
      this.link.say({ to: reply, subject: reply, data: Buffer.from(JSON.stringify(body)) });
    };
    if (faults.strikes('nats.refuse-publish')) {
      answer({ error: { code: 503, description: 'simulated: no leader' } });
      return;
    }
    const stream = this.server.streamOf(subject);
    if (stream === null) throw new Error(`simulated: no stream takes ${subject}`);
    const stored = { subject, id, storedAtMs: scheduler.nowMs, data };
    const { position, isDuplicate } = stream.store(stored);
    trace(`  ${stream.name} ${isDuplicate ? 'has' : 'stores'} ${id} as ${position}`);
    answer({ stream: stream.name, seq: position, duplicate: isDuplicate });
  }

  answerTo(subject: string, payload: string): object {
    const [, , kind, verb, name, consumer] = subject.replace('.MSG.GET.', '.MSG-GET.').split('.');
    const stream = this.server.stream(name ?? '');
    if (stream === undefined) throw new Error(`simulated: no stream for ${subject}`);
    if (kind === 'STREAM' && verb === 'INFO') {
      const first_ts = isoTime(stream.at(stream.first)?.storedAtMs ?? 0);
      const state = { first_seq: stream.first, last_seq: stream.last, first_ts };
      return { created: '2011-01-01T00:00:00Z', config: { name }, state };
    }
    if (kind === 'STREAM' && verb === 'MSG-GET') {
      const { seq } = JSON.parse(payload) as { seq: number };
      const found = stream.at(seq);
      if (found === undefined) return NO_MESSAGE;
      const { subject, storedAtMs } = found;
      return { message: { subject, seq, time: isoTime(storedAtMs) } };
    }
    if (kind === 'CONSUMER' && verb === 'CREATE') {
      const { config } = JSON.parse(payload) as { config: ConsumerConfig };
      const { next } = this.#addConsumer(stream, config);
      const num_pending = Math.max(stream.last - Math.max(next, stream.first) + 1, 0);
      const delivered = { stream_seq: next - 1, consumer_seq: 0 };
      return { name: config.name, stream_name: name, config, num_pending, delivered };
    }
    if (kind === 'CONSUMER' && verb === 'DELETE') {
      return { success: this.server.consumers.delete(consumer ?? '') };
    }
    if (kind === 'CONSUMER' && verb === 'INFO') {
      const found = this.server.consumers.get(consumer ?? '');
      if (found === undefined) {
        return { error: { code: 404, err_code: 10014, description: 'consumer not found' } };
      }
      const delivered = { stream_seq: found.next - 1, consumer_seq: found.delivered };
      return { name: consumer, num_pending: stream.last - found.next + 1, delivered };
    }
    throw new Error(`simulated: ${subject} is not known`);
  }

  #addConsumer(stream: Stream, config: ConsumerConfig): Consumer {
    const { opt_start_seq, opt_start_time = '', headers_only: headersOnly = false } = config;
    const next = opt_start_seq ?? stream.firstSince(Date.parse(opt_start_time));
    this.world.trace(`  consumer of ${stream.name} from ${next}`);
    const consumer: Consumer = {
      name: config.name,
      stream,
      headersOnly,
      next,
      delivered: 0,
      pull: null,
      deliver: (to, message) => this.#deliver(to, message),
      say: (to, words) => this.link.say({ to, subject: to, data: EMPTY, words }),
    };
    this.server.consumers.set(config.name, consumer);
    return consumer;
  }

  #deliver(to: string, message: Delivered): void {
    const { faults } = this.world;
    if (faults.strikes('nats.lose-delivery')) return;
    const times = faults.strikes('nats.repeat-delivery') ? 2 : 1;
    for (let n = 0; n < times; n++) this.link.say({ to, ...message });
  }

  onConsumerCall(subject: string, data: Buffer, reply: string): void {
    const tokens = subject.split('.');
    const name = tokens.at(-1) as string;
    const consumer = this.server.consumers.get(name);
    if (tokens[3] === 'DELETE') {
      this.server.consumers.delete(name);
      return;
    }
    if (consumer === undefined) {
      const words = { code: 503, description: 'No Responders' };
      this.link.say({ to: reply, subject: reply, data: EMPTY, words });
      return;
    }
    const { batch, max_bytes } = JSON.parse(data.toString()) as Record<string, number>;
    const pull = { reply, messages: batch as number, bytes: max_bytes as number };
    consumer.pull = pull;
    this.#beat(consumer, pull, this.world.scheduler.nowMs + 30_000);
    this.server.serve(consumer);
  }

  /** Says that the server is there while a request waits, and when it has run out. */
  #beat(consumer: Consumer, pull: Pull, expiresAtMs: number): void {
    this.world.scheduler.after(HEARTBEAT_MS, () => {
      if (consumer.pull !== pull || !this.link.process.isAlive) return;
      if (this.server.consumers.get(consumer.name) !== consumer) return;
      if (this.world.scheduler.nowMs >= expiresAtMs) {
        consumer.pull = null;
        consumer.say(pull.reply, { code: 408, description: 'Request Timeout' });
        return;
      }
      const lastSent = consumer.delivered;
      consumer.say(pull.reply, { code: 100, description: 'Idle Heartbeat', lastSent });
      this.#beat(consumer, pull, expiresAtMs);
    });
  }
}

function isoTime(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}
