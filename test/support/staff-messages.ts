import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Message } from '../../src/web/words/staff/sentence.js';
import { isRead } from '../../src/web/words/staff/staff-words.js';
import { TemplateLoader } from '../../src/web/words/staff/template-loader.js';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const LIBRARY = dirname(dirname(createRequire(import.meta.url).resolve('nhsuk-frontend')));
/** Its frame is that of pages for people, which are there in eight languages by keys of their own. */
const BY_KEYS =
  /^web\/(?:my|questions|reply|words|public|survey|tally|claim|received|privacy|group|records)\//;

const filesOf = (end: string): string[] =>
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end) && !name.endsWith('.spec.ts') && !BY_KEYS.test(name))
    .sort();

/** Each English text that staff pages say, as a translator meets it, with the file that says it first. */
export function staffMessages(): Map<string, string> {
  const found = new Map<string, string>();
  const keep = ({ text, one }: Message, file: string): void => {
    if (one !== null) found.set(`${text}_one`, found.get(`${text}_one`) ?? file);
    const key = one === null ? text : `${text}_other`;
    found.set(key, found.get(key) ?? file);
  };
  for (const [message, file] of inTemplates()) keep(message, file);
  for (const file of filesOf('.ts')) for (const message of inCode(file)) keep(message, file);
  return found;
}

function inTemplates(): [Message, string][] {
  const found: [Message, string][] = [];
  let file = '';
  const loader = new TemplateLoader(`${SRC}web/`, LIBRARY, (message) => {
    found.push([message, file]);
    return { other: message.text, ...(message.one !== null && { one: message.one }) };
  });
  const library = new Set<string>();
  for (const name of filesOf('.njk')) {
    file = name;
    const source = readFileSync(`${SRC}${name}`, 'utf8');
    for (const [, part = ''] of source.matchAll(/"(nhsuk\/components\/[\w-]+)\/macro\.njk"/g))
      library.add(part);
    loader.getSource(name.replace('web/', ''));
  }
  for (const part of library) {
    file = part;
    loader.getSource(`${part}/template.njk`);
    if (part.endsWith('input')) loader.getSource('nhsuk/components/error-message/template.njk');
  }
  return found;
}

/** Of lower floors, what staff are shown word for word; pages find it again by those words. */
const SHOWN_BY_PAGES = [
  'audit/acts.ts',
  'caseload/handover.types.ts',
  'identity/device.rules.ts',
  'imports/batch.types.ts',
  'providers/listing.gates.ts',
  'providers/matching.rules.ts',
  'referrals/referral.types.ts',
  'reminders/message.faults.ts',
  'reminders/task.types.ts',
  'reporting/overview.types.ts',
  'web/layout/forms.ts',
];
const SENTENCE = /^\p{Lu}[^]* /u;

/** What a refusal or a decorator of an input says; forms show it. */
const REFUSES = /^Refusal\.\w+$|^problem$/;

/** Words that are kept under a name, in capitals, and said elsewhere. */
const constants = new Map<string, string>();
for (const name of filesOf('.ts'))
  for (const [, constant = '', , text = ''] of readFileSync(`${SRC}${name}`, 'utf8').matchAll(
    /\bconst ([A-Z][A-Z_]+) =\s+(['"])(.+)\2;/g,
  ))
    constants.set(constant, text);

function inCode(name: string): Message[] {
  const text = readFileSync(`${SRC}${name}`, 'utf8');
  if (!SHOWN_BY_PAGES.includes(name) && !/\bsay(?:All|Count)?\(|\bRefusal\.|\bmessage:/.test(text)) return [];
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const keep = (text: string, one: string | null = null): void => {
    if (/\p{L}{2}/u.test(text)) found.push({ text, one });
  };
  const textOf = (node: ts.Node | undefined): string | null =>
    node && ts.isStringLiteralLike(node)
      ? node.text
      : node && ts.isIdentifier(node)
        ? (constants.get(node.text) ?? null)
        : null;
  const table = (node: ts.Node, name_: string): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isPropertyAssignment(node)) {
      table(
        node.initializer,
        ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : name_,
      );
      return;
    }
    if (ts.isStringLiteralLike(node)) {
      if (isRead(name_, node.text)) keep(node.text);
      return;
    }
    ts.forEachChild(node, (child) => {
      table(child, name_);
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const called = node.expression.getText();
      const [first, second, third] = node.arguments.map(textOf);
      if (called === 'say' && first) keep(first);
      if (called === 'sayCount' && second && third) keep(third, second);
      if (called === 'sayAll' && node.arguments[0]) table(node.arguments[0], '');
      if (REFUSES.test(called)) for (const argument of node.arguments) refusal(argument);
    }
    if (
      SHOWN_BY_PAGES.includes(name) &&
      !ts.isImportDeclaration(node) &&
      (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node))
    ) {
      const text = ts.isTemplateExpression(node) ? withPlaces(node) : node.text;
      if (SENTENCE.test(text)) keep(text);
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'message') refusal(node.initializer);
    ts.forEachChild(node, visit);
  };
  const refusal = (node: ts.Node): void => {
    const text = textOf(node) ?? (ts.isTemplateExpression(node) ? withPlaces(node) : null);
    if (text !== null && /^\p{Lu}/u.test(text) && / /.test(text)) keep(text);
  };
  ts.forEachChild(source, visit);
  return found;
}

/** A text with values in it, as a language finds it again: by its words alone. */
const withPlaces = (node: ts.TemplateExpression): string =>
  [
    node.head.text,
    ...node.templateSpans.flatMap(({ literal }, index) => [`{{part${String(index + 1)}}}`, literal.text]),
  ].join('');
