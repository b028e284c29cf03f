// The transportation problem: surplus to need at the least cost, exactly.

/** Units smaller than this share of all that is there count as none: sums of decimals. */
const TOLERANCE = 1e-12;

export interface TransportProblem {
  /** costs[i][j] of a unit from source i to destination j; Infinity: no way between them. */
  readonly costs: readonly (readonly number[])[];
  /** Units at each source, >= 0. */
  readonly supply: readonly number[];
  /** Units needed at each destination, >= 0. */
  readonly demand: readonly number[];
}

export interface TransportPlan {
  /** shipments[i][j], units. */
  readonly shipments: readonly (readonly number[])[];
  readonly cost: number;
  /** Units that no way was left for, or that nobody needed. */
  readonly unshipped: readonly number[];
  readonly unmet: readonly number[];
  /**
   * Dual prices: costs[i][j] >= destinationPrice[j] - sourcePrice[i], equal where units go.
   * A unit more at a source saves its price; 0 where some are left. Destinations with a need unmet
   * have the same price, and no other one a higher.
   */
  readonly sourcePrice: readonly number[];
  readonly destinationPrice: readonly number[];
}

/**
 * Ships as many units as can be shipped (the lesser of supply and demand, where every way is open)
 * at the least cost, by successive shortest paths with potentials: each path goes from a source
 * with units left to the nearest destination with a need left, back over shipments where that is
 * cheaper.
 * Whole supplies and demands give whole shipments. Time about paths x (sources + destinations)^2.
 * Source: Ahuja, Magnanti & Orlin, *Network Flows*, 1993, 9.7; Hitchcock 1941.
 * @throws RangeError when the shapes differ or a number is out of its range
 * @example O2
 *   transport({costs: [[4, 6, 9], [5, 3, 8]], supply: [60, 50], demand: [40, 35, 35]})
 *   // cost 565, shipments [[40, 0, 20], [0, 35, 15]]
 */
export function transport(problem: TransportProblem): TransportPlan {
  check(problem);
  const search = new Search(problem);
  while (search.step());
  return search.plan();
}

/** Nodes are the sources, then the destinations. */
class Search {
  /** The least cost where one is below 0, and costs less it. */
  private readonly offset: number;
  private readonly costs: readonly (readonly number[])[];
  private readonly sources: number;
  private readonly destinations: number;
  private readonly shipped: Float64Array[];
  private readonly left: Float64Array;
  private readonly needed: Float64Array;
  private readonly none: number;
  /** Potential of each node: length of the shortest path to it so far. */
  private readonly potential: Float64Array;
  private readonly distance: Float64Array;
  private readonly before: Int32Array;
  private readonly isDone: Uint8Array;

  constructor({ costs, supply, demand }: TransportProblem) {
    // What is shipped in all is given, so that a constant on every cost changes no plan.
    this.offset = costs.reduce((least, line) => Math.min(least, ...line), 0);
    this.costs = costs.map((line) => line.map((cost) => cost - this.offset));
    this.sources = supply.length;
    this.destinations = demand.length;
    this.shipped = supply.map(() => new Float64Array(demand.length));
    this.left = Float64Array.from(supply);
    this.needed = Float64Array.from(demand);
    const all = supply.reduce((a, b) => a + b, 0) + demand.reduce((a, b) => a + b, 0);
    this.none = TOLERANCE * all;
    const nodes = this.sources + this.destinations;
    this.potential = new Float64Array(nodes);
    this.distance = new Float64Array(nodes);
    this.before = new Int32Array(nodes);
    this.isDone = new Uint8Array(nodes);
  }

  /** Ships over one shortest path; false: none is left. */
  step(): boolean {
    const end = this.nearest();
    if (end < 0) return false;
    const reach = this.distance[end] as number;
    for (let node = 0; node < this.potential.length; node++) {
      const far = Math.min(this.distance[node] as number, reach);
      this.potential[node] = (this.potential[node] as number) + far;
    }
    this.ship(end);
    return true;
  }

  /** Dijkstra's search over reduced costs, to the first destination with a need. */
  private nearest(): number {
    const { sources, distance, before, isDone } = this;
    distance.fill(Number.POSITIVE_INFINITY);
    before.fill(-1);
    isDone.fill(0);
    for (let i = 0; i < sources; i++) if ((this.left[i] as number) > this.none) distance[i] = 0;
    for (;;) {
      const node = this.closest();
      if (node < 0) return -1;
      isDone[node] = 1;
      if (node < sources) this.relaxSource(node);
      else if ((this.needed[node - sources] as number) > this.none) return node;
      else this.relaxDestination(node);
    }
  }

  private closest(): number {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (let node = 0; node < this.distance.length; node++) {
      if (!this.isDone[node] && (this.distance[node] as number) < least) {
        least = this.distance[node] as number;
        best = node;
      }
    }
    return best;
  }

  private relaxSource(i: number): void {
    const line = this.costs[i] as readonly number[];
    for (let j = 0; j < this.destinations; j++) this.relax(i, this.sources + j, line[j] as number);
  }

  /** Units shipped to a destination may be taken back from it. */
  private relaxDestination(node: number): void {
    const j = node - this.sources;
    for (let i = 0; i < this.sources; i++) {
      const line = this.shipped[i] as Float64Array;
      if ((line[j] as number) > this.none) this.relax(node, i, -(this.costs[i]?.[j] as number));
    }
  }

  private relax(from: number, to: number, cost: number): void {
    const { potential, distance } = this;
    const reduced = cost + (potential[from] as number) - (potential[to] as number);
    // Rounding may leave a reduced cost a little below 0.
    const far = (distance[from] as number) + Math.max(0, reduced);
    if (!this.isDone[to] && far < (distance[to] as number)) {
      distance[to] = far;
      this.before[to] = from;
    }
  }

  /** As many units as the path from its source to `end` can take. */
  private ship(end: number): void {
    let units = this.needed[end - this.sources] as number;
    let start = end;
    for (let node = end; node >= 0; node = this.before[node] as number) {
      const from = this.before[node] as number;
      if (from >= this.sources) units = Math.min(units, this.on(node, from));
      start = node;
    }
    units = Math.min(units, this.left[start] as number);
    this.left[start] = (this.left[start] as number) - units;
    const j = end - this.sources;
    this.needed[j] = (this.needed[j] as number) - units;
    for (let node = end; node !== start; node = this.before[node] as number) {
      const from = this.before[node] as number;
      if (from < this.sources) this.add(from, node, units);
      else this.add(node, from, -units);
    }
  }

  private on(source: number, node: number): number {
    return this.shipped[source]?.[node - this.sources] as number;
  }

  private add(source: number, node: number, units: number): void {
    const line = this.shipped[source] as Float64Array;
    const now = (line[node - this.sources] as number) + units;
    line[node - this.sources] = now > this.none ? now : 0;
  }

  plan(): TransportPlan {
    const { sources, potential } = this;
    const shipments = this.shipped.map((line) => Array.from(line));
    const cost = shipments.reduce(
      (sum, line, i) =>
        line.reduce(
          (s, units, j) => (units > 0 ? s + units * (this.costs[i]![j]! + this.offset) : s),
          sum,
        ),
      0,
    );
    const some = (units: number) => (units > this.none ? units : 0);
    return {
      shipments,
      cost,
      unshipped: Array.from(this.left, some),
      unmet: Array.from(this.needed, some),
      sourcePrice: Array.from(potential.subarray(0, sources)),
      destinationPrice: Array.from(potential.subarray(sources), (price) => price + this.offset),
    };
  }
}

function check({ costs, supply, demand }: TransportProblem): void {
  if (costs.length !== supply.length) {
    throw new RangeError(`costs must have ${supply.length} rows, got ${costs.length}`);
  }
  for (const line of costs) {
    if (line.length !== demand.length) {
      throw new RangeError(`each row must have ${demand.length} costs, got ${line.length}`);
    }
    const strange = line.find((cost) => !(cost > Number.NEGATIVE_INFINITY));
    if (strange !== undefined) throw new RangeError(`costs must be numbers, got ${strange}`);
  }
  for (const [name, all] of Object.entries({ supply, demand })) {
    const strange = all.find((units) => !(units >= 0 && units < Number.POSITIVE_INFINITY));
    if (strange !== undefined) throw new RangeError(`${name} must be >= 0, got ${strange}`);
  }
}
