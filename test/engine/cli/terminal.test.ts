// What commands show, where, and how they end.
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import { SettingsError } from '../../../config/settings.js';
import { interruption, runProgram, UsageError } from '../../../engine/cli/exit.js';
import { Terminal, table } from '../../../engine/cli/terminal.js';

function sink(isTTY = false) {
  const written: string[] = [];
  // cli-progress asks a terminal for its width and moves the cursor by these.
  const cursor = {
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  };
  return { ...cursor, isTTY, write: (text: string) => written.push(text), written };
}

afterEach(() => {
  process.exitCode = undefined;
});

describe('a terminal', () => {
  it('writes results to standard output and the rest to standard error', () => {
    const [out, err] = [sink(), sink()];
    const terminal = new Terminal({ out, err });
    terminal.note('reading');
    terminal.warn('odd');
    terminal.result({ events: 3 }, '3 events');
    expect(out.written).toEqual(['3 events\n']);
    expect(err.written).toEqual(['reading\n', 'warning: odd\n']);
  });

  it('with --json writes one object a line and no notes', () => {
    const [out, err] = [sink(), sink(true)];
    const terminal = new Terminal({ json: true, out, err });
    terminal.note('reading');
    terminal.progress({ label: 'x', total: 10 }).update(5);
    terminal.result({ events: 3 }, '3 events');
    expect(out.written).toEqual(['{"events":3}\n']);
    expect(err.written).toEqual([]);
  });

  it('shows a bar where a person looks, and takes it away', () => {
    const err = sink(true);
    const progress = new Terminal({ out: sink(), err }).progress({ label: 'reading', total: 10 });
    progress.update(5, '50 events');
    progress.stop();
    progress.stop();
    expect(err.written.join('')).toContain('reading');
  });

  it('shows no bar where nobody looks', () => {
    const err = sink(false);
    const progress = new Terminal({ out: sink(), err }).progress({ label: 'reading', total: null });
    progress.update(5);
    progress.stop();
    expect(err.written).toEqual([]);
  });

  it('sets tables with numbers to the right and without control characters', () => {
    const rows = [
      ['apple', 1],
      ['pear\u001b[2J', 1000],
    ];
    expect(table(['sku', 'units'], rows)).toBe(
      ['sku      units', 'apple        1', 'pear[2J   1000'].join('\n'),
    );
  });
});

describe('a command ends', () => {
  async function run(args: string[], action: () => void | Promise<void>, env = {}) {
    const err = sink();
    const program = new Command('stockpulse').version('1.2.3');
    program.configureOutput({ writeOut: () => undefined });
    program.command('go').argument('<file>').option('--n <n>').action(action);
    const code = await runProgram(program, args, { env, err });
    return { code, text: err.written.join('') };
  }

  it('with 0 when it is done, and after help and version', async () => {
    expect((await run(['go', 'f'], () => undefined)).code).toBe(0);
    expect((await run(['--version'], () => undefined)).code).toBe(0);
    expect((await run(['--help'], () => undefined)).code).toBe(0);
    expect((await run(['go', '--help'], () => undefined)).code).toBe(0);
  });

  it.each([[['go']], [['go', 'f', '--nope']], [['stop']], [['go', 'f', '--n']]])(
    'with 2 when it is called as %j',
    async (args) => {
      const { code, text } = await run(args, () => undefined);
      expect(code).toBe(2);
      expect(text).toMatch(/^error: /);
    },
  );

  it.each([
    new UsageError('--speed must be above 0'),
    new SettingsError(['a.yaml:1:1 x is wrong']),
  ])('with 2 on %o', async (error) => {
    const { code, text } = await run(['go', 'f'], () => Promise.reject(error));
    expect(code).toBe(2);
    expect(text).toBe(`stockpulse: ${error.message}\n`);
  });

  it('with 1 and one message when it fails, the stack only at log level debug', async () => {
    const fail = () => Promise.reject(new Error('no server', { cause: new Error('refused') }));
    const quiet = await run(['go', 'f'], fail);
    expect(quiet).toEqual({ code: 1, text: 'stockpulse: no server: refused\n' });
    const debug = await run(['go', 'f'], fail, { STOCKPULSE_LOG_LEVEL: 'debug' });
    expect(debug.text).toMatch(/^stockpulse: Error: no server\n\s+at /);
  });

  it('with the code that it set itself', async () => {
    const set = () => {
      process.exitCode = 1;
    };
    expect((await run(['go', 'f'], set)).code).toBe(1);
  });
});

describe('Ctrl-C', () => {
  it('aborts a signal once, and has its usual effect after dispose', () => {
    const before = process.listenerCount('SIGINT');
    const stop = interruption();
    process.emit('SIGINT');
    expect(stop.signal.aborted).toBe(true);
    stop.dispose();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
