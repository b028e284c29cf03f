// The engine, and another one in its place when an operator threw at an event.
import { OperatorError } from '../operators/stream/operator-error.js';
import type { SetAsideEvent } from '../operators/stream/set-aside.js';
import { Engine, type EngineOptions } from './engine.js';
import { Poison } from './poison.js';

/**
 * After a throw nothing in memory can be trusted: an operator may have changed half of its
 * columns. So it is handled as a crash: a new engine loads the last snapshot, or begins at the
 * first message, and replays. Nothing is copied for it while all goes well. Results that come
 * again have the same ids. Screens lose their connection and make it again.
 */
export class Supervised {
  /** Rejects when no further engine can help; resolves after `stop`. */
  readonly ended: Promise<void>;
  readonly #poison: Poison;
  readonly #setAside: SetAsideEvent[] = [];
  #end: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  #change: Promise<void> = Promise.resolve();
  #isStopping = false;

  private constructor(
    private readonly options: EngineOptions,
    private running: Engine,
  ) {
    this.#poison = new Poison(options.settings.recovery);
    this.ended = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    this.ended.catch(() => undefined);
    this.#watch(running);
  }

  static async start(options: EngineOptions): Promise<Supervised> {
    return new Supervised(options, await Engine.start(options));
  }

  /** The one that runs; another one after a failure. */
  get engine(): Engine {
    return this.running;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
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
    if (this.#isStopping || !(error instanceof OperatorError)) throw error;
    this.#decide(error);
    const { settings } = this.options;
    const port = Number(new URL(this.running.url).port);
    await this.running.stop();
    if (this.#isStopping) return;
    this.running = await Engine.start({
      ...this.options,
      // The page stays where it was, also where any free port was asked for.
      settings: { ...settings, http: { ...settings.http, port } },
      setAside: this.#setAside,
    });
    this.#watch(this.running);
  }

  /** @throws Error when trying again is of no use */
  #decide(error: OperatorError): void {
    const { log } = this.options;
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
