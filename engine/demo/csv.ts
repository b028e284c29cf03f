// Reads a gzip CSV with a header line into records by column name.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export type CsvRecord = Readonly<Record<string, string>>;

/** All records of a gzip CSV file. @throws RangeError naming the line that has too few fields. */
export function readCsvGz(path: string): CsvRecord[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  const header = splitCsvLine(lines[0] ?? '');
  const records: CsvRecord[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line === '') continue;
    const fields = splitCsvLine(line);
    if (fields.length !== header.length) {
      throw new RangeError(`${path}:${i + 1} has ${fields.length} fields, not ${header.length}`);
    }
    records.push(Object.fromEntries(header.map((name, at) => [name, fields[at] as string])));
  }
  return records;
}

/** Fields of one CSV line; quoted fields may hold commas and doubled quotes (RFC 4180). */
export function splitCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string;
    if (char === '"' && quoted && line[i + 1] === '"') {
      field += '"';
      i++;
    } else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  fields.push(field);
  return fields;
}
