// The engine, and another one in its place when an operator threw or another engine took over.
import { LeaseLostError } from '../connectors/nats/lease.js';
import { OperatorError } from '../operators/stream/operator-error.js';
import type { SetAsideEvent } from '../operators/stream/set-aside.js';
import { Engine, type EngineOptions } from './engine.js';
import { Poison } from './poison.js';

/**
 * After a throw nothing in memory can be trusted: an operator may have changed half of its
 * columns. So it is handled as a crash: a new engine loads the last snapshot, or begins at the
 * first message, and replays. Nothing is copied for it while all goes well. Results that come
 * again have the same ids. Screens lose their connection and make it again. One that lost its
 * lease knows less than the log: its successor stands by until the lease is free.
 */
export class Supervised {
  /** Rejects when no further engine can help; resolves after `stop`. */
  readonly ended: Promise<void>;
  readonly #poison: Poison;
  readonly #setAside: SetAsideEvent[] = [];
  #end: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  #change: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  private constructor(
    private readonly options: EngineOptions,
    private readonly begin: (options: EngineOptions) => Promise<Engine>,
    private running: Engine,
  ) {
    this.#poison = new Poison(options.settings.recovery);
    this.ended = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    this.ended.catch(() => undefined);
    this.#watch(running);
  }

  /** `begin` starts each engine, the first one too. */
  static async start(
    options: EngineOptions,
    begin: (options: EngineOptions) => Promise<Engine> = Engine.start,
  ): Promise<Supervised> {
    return new Supervised(options, begin, await begin(options));
  }

  /** The one that runs; another one after a failure. */
  get engine(): Engine {
    return this.running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#change;
    await this.running.stop();
    this.#end?.resolve();
  }

  #watch(engine: Engine): void {
    engine.ended.then(
      () => this.#end?.resolve(),
      (error: unknown) => {
        this.#change = this.#replace(error).catch((failure: unknown) => this.#end?.reject(failure));
      },
    );
  }

  async #replace(error: unknown): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) throw error;
    this.#decide(error);
    const { settings, signal: given } = this.options;
    const port = Number(new URL(this.running.url).port);
    await this.running.stop();
    if (signal.aborted) return;
    this.running = await this.begin({
      ...this.options,
      // The page stays where it was, also where any free port was asked for.
      settings: { ...settings, http: { ...settings.http, port } },
      setAside: this.#setAside,
      signal: given === undefined ? signal : AbortSignal.any([signal, given]),
    });
    this.#watch(this.running);
  }

  /** @throws Error when trying again is of no use */
  #decide(error: unknown): void {
    const { log } = this.options;
    if (error instanceof LeaseLostError) {
      log.error({ err: error }, 'another engine writes now: this one stands by');
      return;
    }
    if (!(error instanceof OperatorError)) throw error;
    const { position, index } = error.event;
    const verdict = this.#poison.judge(error);
    switch (verdict.kind) {
      case 'again':
        log.error({ ...error.event, tries: verdict.tries }, 'an operator threw; tried again');
        return;
      case 'set-aside':
        this.#setAside.push({ position, index, detail: error.message });
        log.error(
          { ...error.event, err: error },
          'an operator threw again: the event is set aside and goes to REFUSED; please report it',
        );
        return;
      case 'stop':
        throw new Error(`${verdict.reason}; a newer version may help, the state is safe`, {
          cause: error,
        });
      default:
        throw new Error(`unknown verdict ${JSON.stringify(verdict satisfies never)}`);
    }
  }
}
