// The solver: HiGHS in WebAssembly. Its calls do not return before it has an answer: for a worker.
import highsModule, { type Highs, type ModelData } from 'highs';
import type { LinearProgram } from '../../operators/replenish/linear-program.js';

export interface SolveLimits {
  readonly timeMs: number;
  /** Share of the objective within which a whole-number answer counts as best. */
  readonly gap: number;
}

export type Solved =
  | {
      readonly status: 'optimal' | 'time-limit';
      readonly objective: number;
      /** No solution is better than this. */
      readonly bound: number;
      readonly columns: Float64Array;
      /** Of rows: what the objective gains by one more on their right-hand side. */
      readonly duals: Float64Array;
    }
  | { readonly status: 'infeasible' | 'none-found' };

export interface Solver {
  /** @throws Error when the solver fails at the programme */
  solve(program: LinearProgram, limits: SolveLimits): Solved;
}

/** The package's one types file describes its CommonJS form; what an import gives is the function. */
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** Takes about a tenth of a second. */
export async function loadSolver(): Promise<Solver> {
  const highs = await loadHighs();
  return { solve: (program, limits) => solve(highs, program, limits) };
}

/** Without columns: what the rows say of nothing. */
const ROUNDING = 1e-9;
/** A solution that keeps all rows and bounds, in the words of `primal_solution_status`. */
const FEASIBLE = 2;

function solve(highs: Highs, program: LinearProgram, { timeMs, gap }: SolveLimits): Solved {
  if (program.costs.length === 0) return withoutColumns(program);
  return highs.withModel(dataOf(highs, program), (model): Solved => {
    model.options.set({
      output_flag: false,
      time_limit: Math.max(0.01, timeMs / 1000),
      mip_rel_gap: gap,
    });
    model.run();
    const { modelStatus } = highs.constants;
    const status = model.getModelStatus();
    if (status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible) {
      return { status: 'infeasible' };
    }
    const isOptimal = status === modelStatus.optimal;
    if (!isOptimal && status !== modelStatus.timeLimit) {
      throw new Error(`the solver ended with status ${status}, which no allocation should bring`);
    }
    const isFound = Number(model.info.get('primal_solution_status')) === FEASIBLE;
    if (!isOptimal && !isFound) return { status: 'none-found' };
    const isWhole = program.kinds.some((kind) => kind !== 0);
    const objective = model.getObjectiveValue();
    const { colValue, rowDual } = model.getSolution();
    return {
      status: isOptimal ? 'optimal' : 'time-limit',
      objective,
      bound: isWhole ? Number(model.info.get('mip_dual_bound')) : objective,
      columns: colValue,
      duals: rowDual,
    };
  });
}

function dataOf(highs: Highs, program: LinearProgram): ModelData {
  const { starts, indices, values, kinds } = program;
  const [numRows, numCols] = [program.rowLower.length, program.costs.length];
  return {
    ...{ numRows, numCols },
    sense: highs.constants.objectiveSense.maximize,
    offset: program.offset,
    colCost: program.costs,
    colLower: program.lower,
    colUpper: program.upper,
    rowLower: program.rowLower,
    rowUpper: program.rowUpper,
    matrix: { format: 'csc', numRows, numCols, starts, indices, values },
    ...(kinds.some((kind) => kind !== 0) ? { integrality: kinds } : {}),
  };
}

function withoutColumns({ offset, rowLower, rowUpper }: LinearProgram): Solved {
  const isFeasible =
    rowLower.every((low) => low <= ROUNDING) && rowUpper.every((high) => high >= -ROUNDING);
  if (!isFeasible) return { status: 'infeasible' };
  const duals = new Float64Array(rowLower.length);
  return {
    status: 'optimal',
    objective: offset,
    bound: offset,
    columns: new Float64Array(),
    duals,
  };
}
