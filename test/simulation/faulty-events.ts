// Events at which an operator throws: always, once, or in the time step that they let pass.
import type { Core } from '../../engine/core.js';
import type { Dice } from './dice.js';
import type { Line } from './workload.js';

/** What the fault says for itself, in the refusal of an event that was set aside. */
const SAYS = 'simulated: a column too far';

/**
 * The throw comes after the operator has changed its columns, so that whoever uses them further is
 * found. Whether an event fails depends on nothing but the event; so the oracle can tell which.
 */
export class FaultyEvents {
  readonly #always = new Set<string>();
  readonly #once = new Set<string>();
  readonly #inStep = new Set<string>();
  readonly #thrown = new Set<string>();

  constructor(lines: readonly Line[], dice: Dice, tries: number) {
    const ids = lines.flatMap(({ event }) => (event === null ? [] : [event.id]));
    if (ids.length === 0 || !dice.is('faulty/about', 0.3)) return;
    for (let n = dice.between('faulty/events', 1, 3); n > 0; n--) {
      const id = ids[dice.between('faulty/which', 0, ids.length - 1)] as string;
      const kind = dice.next('faulty/kind');
      // One event a step at most: a second one for it would end the engine, as it should.
      const isAlone = this.#inStep.size === 0 && ids.indexOf(id) === ids.lastIndexOf(id);
      if (kind < 0.25 && isAlone) this.#inStep.add(id);
      // Tried once only, it would be set aside in one run, and perhaps not in the next.
      else if (kind < 0.5 && tries > 1) this.#once.add(id);
      else this.#always.add(id);
    }
  }

  get isEmpty(): boolean {
    return this.#always.size + this.#once.size + this.#inStep.size === 0;
  }

  /** As the engine has it. */
  spoil(core: Core): void {
    this.#spoil(core, (id) => {
      if (!this.#once.has(id) || this.#thrown.has(id)) return false;
      this.#thrown.add(id);
      return true;
    });
  }

  /** For the oracle: what passes when it is tried again is as good as if it never failed. */
  spoilForGood(core: Core): void {
    this.#spoil(core, () => false);
  }

  #spoil({ demand }: Core, throwsNow: (id: string) => boolean): void {
    if (this.isEmpty) return;
    const onEvent = demand.onEvent.bind(demand);
    demand.onEvent = (batch, i, moment) => {
      const isApplied = onEvent(batch, i, moment);
      const id = batch.id[i] as string;
      if (this.#always.has(id) || throwsNow(id)) throw new RangeError(SAYS);
      return isApplied;
    };
    const onTime = demand.onTime.bind(demand);
    const isFaulty = (id: string): boolean => this.#inStep.has(id);
    demand.onTime = function* (moment, sliceRows) {
      yield* onTime(moment, sliceRows);
      if (isFaulty(moment.causeId)) throw new RangeError(SAYS);
    };
  }
}
