import { parseArgs } from 'node:util';
import { INSTALLATION } from '../platform/actor/actor.types.js';
import { PlainFault } from '../platform/errors/plain-fault.js';
import type { Command } from '../platform/process/command.js';
import { AuditSealer } from './seal.service.js';
import { AuditVerifier, type RememberedSeal, type SchemeReport } from './verify.service.js';

export const auditVerifyCommand: Command = {
  name: 'audit:verify',
  usage: '[--scheme <id>] [--head <number>:<mac>] [--seal]',
  summary: 'Find any change of the audit record after it was sealed; --seal seals first what can be sealed',
  migrations: 'needed',
  async run({ app, print }, args) {
    const { values } = parseArgs({
      args,
      options: {
        scheme: { type: 'string' },
        head: { type: 'string' },
        seal: { type: 'boolean', default: false },
      },
    });
    const context = await app();
    if (values.seal) await context.get(AuditSealer).sealAll();
    const verifier = context.get(AuditVerifier);
    const head = values.head === undefined ? undefined : headOf(values.head);
    const reports = values.scheme
      ? [await verifier.verify(values.scheme, head)]
      : await verifier.verifyAll(head);
    for (const report of reports) print(told(report));
    const problems = reports.flatMap((report) => report.problems);
    if (problems.length === 0) {
      print('No change after sealing was found.');
      return;
    }
    print(
      `${problems.length} problem(s) were found. Keep this database as it is, and find out who could write to it.`,
    );
    process.exitCode = 1;
  },
};

function headOf(text: string): RememberedSeal {
  const [, number, mac] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || mac === undefined) {
    throw new PlainFault('--head must be a seal of the installation, as the log gave it: <number>:<mac>');
  }
  return { number: Number(number), mac };
}

function told({
  schemeId,
  seals,
  entries,
  waiting,
  waitingSince,
  away,
  head,
  problems,
}: SchemeReport): string {
  const whose = schemeId === INSTALLATION ? 'The installation' : `Scheme ${schemeId}`;
  const lag = waiting > 0 ? `, ${waiting} not sealed yet, since ${waitingSince?.toISOString() ?? ''}` : '';
  const lines = [`${whose}: ${entries} entries in ${seals} seals${lag}.`];
  if (schemeId === INSTALLATION && head)
    lines.push(`  Head, to be noted elsewhere: ${head.number}:${head.mac}`);
  for (const { table, seals: needing, at, by } of away)
    lines.push(
      `  Of its seals ${needing} cannot be checked without archive.${table}, detached on ${at.slice(0, 10)} by ${by}.`,
    );
  for (const { seal, problem } of problems)
    lines.push(`  ${seal === null ? '' : `Seal ${seal}: `}${problem}`);
  return lines.join('\n');
}
