#!/usr/bin/env node
// The command line: `stockpulse COMMAND`.
import { Command } from 'commander';
import { version } from '../version.js';
import { registerAllocate } from './allocate.js';
import { registerAsyncApi } from './asyncapi.js';
import { registerBacktest } from './backtest.js';
import { surviveClosedOutput } from './closed-output.js';
import { registerContract } from './contract.js';
import { registerDemo } from './demo.js';
import { registerDoctor } from './doctor.js';
import { runProgram } from './exit.js';
import { registerExplain } from './explain.js';
import { registerModel } from './model.js';
import { registerPublish } from './publish.js';
import { registerReplay } from './replay.js';
import { registerRun } from './run.js';
import { registerSimulate } from './simulate.js';
import { registerSnapshot } from './snapshot.js';

const program = new Command('stockpulse')
  .description('Real-time inventory engine: forecasts, reorder signals and alerts per event')
  .version(version());

registerDemo(program);
registerRun(program);
registerReplay(program);
registerBacktest(program);
registerSimulate(program);
registerExplain(program);
registerAllocate(program);
registerContract(program);
registerPublish(program);
registerSnapshot(program);
registerModel(program);
registerDoctor(program);
registerAsyncApi(program);

surviveClosedOutput(process.stdout, process.stderr);

process.exitCode = await runProgram(program, process.argv.slice(2));
