import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  outline,
  quoteName,
  quoteString,
  splitStatements,
} from '../../../connectors/clickhouse/sql-text.js';

describe('splitStatements', () => {
  it('splits at semicolons that are code, and only there', () => {
    const script = [
      "-- a comment; with one\nSELECT ';' AS `a;b`, 'it''s; \\'quoted\\'' ;",
      '/* another; */ SELECT "x;y";;',
      '  -- the end;',
    ].join('\n');
    expect(splitStatements(script)).toEqual([
      "-- a comment; with one\nSELECT ';' AS `a;b`, 'it''s; \\'quoted\\''",
      '/* another; */ SELECT "x;y"',
    ]);
  });

  it('leaves an open quote or comment in one statement instead of failing', () => {
    expect(splitStatements("SELECT 'a; b")).toEqual(["SELECT 'a; b"]);
    expect(splitStatements('SELECT 1 /* ; ')).toEqual(['SELECT 1 /* ;']);
  });

  it('finds again every quoted text and name, whatever they hold', () => {
    const statement = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }))
      .map(([text, name]) => `SELECT ${quoteString(text)} AS ${quoteName(name)}`);
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (statements) => {
        expect(splitStatements(statements.join(';\n'))).toEqual(statements);
      }),
    );
  });
});

describe('outline', () => {
  it('keeps the length and everything outside of quotes and comments', () => {
    expect(outline("a 'b' -- c\nd")).toBe("a ' '     \nd");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'\'"`\\-/*# a;\n!') }), (sql) => {
        expect(outline(sql)).toHaveLength(sql.length);
      }),
    );
  });
});
