// One CSV file of recorded sales, plain or gzip, row by row as its columns name them.
import type { Readable } from 'node:stream';
import { CsvError, type InfoRecord, type Parser, parse } from 'csv-parse';
import { chunksOf } from '../../connectors/files/chunks.js';
import { RecordingError } from './problems.js';

export interface CsvFileOptions {
  /** What `-` reads. */
  readonly stdin: Readable;
  /** Told how many bytes were read, before unpacking. */
  readonly onRead: (bytes: number) => void;
  /** The header, once; throws when it will not do. */
  readonly onHeader: (names: readonly string[]) => void;
  /** Each row behind it, with the number of its (last) line. */
  readonly onRow: (fields: readonly string[], line: number) => void;
}

const CHUNK_BYTES = 1024 ** 2;
/** Longer rows are refused: a quote that is never closed would swallow the rest of the file. */
const LONGEST_ROW = 64 * 1024;

/**
 * Reads a file whole. @throws RecordingError when it cannot be read to its end, such as a gzip
 * file cut short: sales that are missing unseen would look like demand that fell.
 */
export async function readCsvFile(file: string, options: CsvFileOptions): Promise<void> {
  const { stdin, onRead } = options;
  const parser = rowParser(options);
  let failure: Error | null = null;
  parser.on('error', (error) => {
    failure = error;
  });
  try {
    for await (const chunk of chunksOf(file, { chunkBytes: CHUNK_BYTES, stdin, onRead })) {
      await new Promise<void>((done) => void parser.write(chunk, () => done()));
      if (failure !== null) throw failure;
    }
    await new Promise<void>((done) => void parser.once('close', done).end().resume());
    if (failure !== null) throw failure;
  } catch (error) {
    throw named(error, file, parser.info.lines);
  } finally {
    parser.destroy();
  }
}

function rowParser({ onHeader, onRow }: CsvFileOptions): Parser {
  let hasHeader = false;
  return parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    // Said by us, with the line and what was expected.
    relax_column_count: true,
    // Taken here, and never put into the parser's own output.
    on_record: (fields: string[], { lines }: InfoRecord) => {
      if (hasHeader) onRow(fields, lines);
      else onHeader(fields);
      hasHeader = true;
      return null;
    },
  });
}

function named(error: unknown, file: string, line: number): unknown {
  if (error instanceof RecordingError) return new RecordingError(`${file}: ${error.message}`);
  if (error instanceof CsvError) return new RecordingError(`${file}: ${error.message}`);
  const reason = error instanceof Error ? error.message : String(error);
  return new RecordingError(
    `${file} cannot be read to its end (${reason}, behind line ${line}): get the whole file; ` +
      'nothing was forecast from a part of it',
  );
}
