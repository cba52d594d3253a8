import { parseArgs } from 'node:util';
import { PlainFault } from '../platform/errors/plain-fault.js';
import { type FieldProblem, Refusal } from '../platform/errors/refusal.js';
import type { Command } from '../platform/process/command.js';
import { ImportRunner } from './import.runner.js';
import type { GroupKind, ImportKind, ImportReport } from './import.types.js';
import { assets } from './kinds/assets.import.js';
import { charities, foodBanks } from './kinds/directories.import.js';
import { openReferral } from './kinds/groups.import.js';
import { deprivation } from './kinds/deprivation.import.js';
import { neighbourhoods } from './kinds/neighbourhoods.import.js';
import { populations } from './kinds/populations.import.js';
import { postcodes } from './kinds/postcodes.import.js';
import { practices } from './kinds/practices.import.js';

export const IMPORT_KINDS: readonly (ImportKind<never> | GroupKind)[] = [
  practices,
  charities,
  foodBanks,
  assets,
  openReferral,
  populations,
  deprivation,
  postcodes,
  neighbourhoods,
] as never;

const SHOWN = 20;

export const importCommand: Command = {
  name: 'import',
  usage: '<kind> <file> [--scheme <id>] [--edition <name>] [--source <name>] [--apply] [--skip-broken]',
  summary: `Check a file and report by row; with --apply write it. Kinds: ${IMPORT_KINDS.map(({ name }) => name).join(', ')}`,
  migrations: 'needed',
  async run({ app, print }, args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        scheme: { type: 'string' },
        edition: { type: 'string' },
        source: { type: 'string' },
        apply: { type: 'boolean', default: false },
        'skip-broken': { type: 'boolean', default: false },
      },
    });
    const [name, file] = positionals;
    const kind = IMPORT_KINDS.find((one) => one.name === name);
    if (!kind || file === undefined) {
      const list = IMPORT_KINDS.map((one) => `  ${one.name.padEnd(14)} ${one.describes}`).join('\n');
      throw new PlainFault('Say which kind of file, and which file.', '', list);
    }
    const runner = (await app()).get(ImportRunner);
    const report = await runner
      .run(kind, {
        file,
        schemeId: values.scheme,
        edition: values.edition,
        source: values.source,
        apply: values.apply,
        skipBroken: values['skip-broken'],
      })
      .catch(sayPlainly);
    print(told(report, values.apply));
    if (values.apply && !report.applied) process.exitCode = 1;
  },
};

function sayPlainly(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  const problems = (error.extra['errors'] ?? []) as FieldProblem[];
  throw new PlainFault(problems.map(({ message }) => message).join('\n') || error.message);
}

function told(report: ImportReport, asked: boolean): string {
  const broken = [...new Set(report.problems.map(({ row }) => row))].slice(0, SHOWN);
  const lines = [
    `${report.file}: ${report.rows} rows (${report.encoding}), ${report.refused} broken, ${report.ignored} left out.`,
    ...report.problems
      .filter(({ row }) => broken.includes(row))
      .map(({ row, column, reason }) => `  row ${row}, ${column}: ${reason}`),
  ];
  if (report.refused > broken.length) lines.push(`  and ${report.refused - broken.length} more`);
  lines.push(...report.remarks);
  if (report.warned > 0) {
    lines.push(`${report.warned} rows are taken without some of their values:`);
    lines.push(
      ...report.warnings
        .slice(0, SHOWN)
        .map(({ row, column, reason }) => `  row ${row}, ${column}: ${reason}`),
    );
    if (report.warnings.length > SHOWN) lines.push('  and more');
  }
  if (report.notKept.length > 0) {
    const named = report.notKept.slice(0, SHOWN).map(({ field, rows }) => `${field} (${rows})`);
    const more = report.notKept.length > SHOWN ? ' and others' : '';
    lines.push(`Not kept, with how many rows had them: ${named.join(', ')}${more}.`);
  }
  if (report.applied)
    lines.push(`Added ${report.added}, changed ${report.changed}, ${report.same} the same already.`);
  else if (asked) lines.push('Nothing was written. Mend the rows, or add --skip-broken to leave them out.');
  else lines.push('Nothing was written: add --apply to write it.');
  return lines.join('\n');
}
