import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What somebody reads. */
export interface Template {
  /** Empty for a text message, which has none. */
  subject: string;
  text: string;
}

export type Words = Readonly<Record<string, string>>;

export const ENGLISH = 'en';
const SUBJECT = 'Subject: ';

/** The templates of one module, by language and name: `client.appointment` is client.appointment.txt. */
export interface Templates {
  languages: readonly string[];
  of: ReadonlyMap<string, ReadonlyMap<string, Template>>;
  /** Puts words into a template. A word nobody gave is a fault, never a gap in what somebody reads. */
  render: (name: string, words: Words, language?: string) => Template;
  /** What those who read it are told while nobody who speaks a language has signed its words off; null once somebody has. */
  draftNote: (language: string) => string | null;
}

export const FILE_STATES = ['machine_draft', 'signed_off'] as const;

/** `file.json` beside the words of a language that is not English: who signed them off and when, as for the words of pages. */
export interface WordsFile {
  state: (typeof FILE_STATES)[number];
  by: string | null;
  on: string | null;
  /** Where it is a draft, that it is one; what follows it is the English. */
  note: string;
}

const loaded: Templates[] = [];

/**
 * Reads a folder of templates beside a module. English stands in the folder itself, other languages each in one of its
 * own: `pl/client.appointment.txt`. One whose name ends in `.text` is for text messages and has no subject.
 */
export function templatesIn(folder: URL): Templates {
  const path = fileURLToPath(folder);
  const languages = [
    ENGLISH,
    ...readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort(),
  ];
  const of = new Map(
    languages.map((language) => [language, readFolder(language === ENGLISH ? path : join(path, language))]),
  );
  const files = new Map(
    languages.filter((one) => one !== ENGLISH).map((one) => [one, readFile(join(path, one))]),
  );
  const templates: Templates = {
    languages,
    of,
    draftNote: (language) => {
      const file = files.get(language);
      return file?.state === 'machine_draft' ? file.note : null;
    },
    render: (name, words, language = ENGLISH) => {
      const template = of.get(language)?.get(name);
      if (!template) throw new Error(`There is no template ${name} in ${language}`);
      return fill(name, template, words);
    },
  };
  loaded.push(templates);
  return templates;
}

/** Those of every module that was loaded. */
export const everyTemplate = (): {
  templates: Templates;
  name: string;
  language: string;
  template: Template;
}[] =>
  loaded.flatMap((templates) =>
    [...templates.of].flatMap(([language, named]) =>
      [...named].map(([name, template]) => ({ templates, name, language, template })),
    ),
  );

const readFolder = (folder: string): ReadonlyMap<string, Template> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.txt'))
      .map((file) => [file.slice(0, -'.txt'.length), readTemplate(join(folder, file))]),
  );

function readFile(folder: string): WordsFile {
  const path = join(folder, 'file.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as WordsFile;
  const signed = file.by !== null && file.on !== null;
  if (
    !FILE_STATES.includes(file.state) ||
    signed !== (file.state === 'signed_off') ||
    file.note.trim() === ''
  ) {
    throw new Error(`${path} does not say whether its words are a draft, or who signed them off`);
  }
  return file;
}

/** In a language that nobody has signed off: that it is a draft, and the English beneath, since a machine may be wrong. */
export function withEnglish(letter: Template, note: string | null, english: () => Template): Template {
  return note === null ? letter : { ...letter, text: `${letter.text}\n\n${note}\n\n${english().text}` };
}

function readTemplate(path: string): Template {
  const content = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  if (path.endsWith('.text.txt')) return { subject: '', text: content.trim() };
  const ends = content.indexOf('\n\n');
  const [head, text] = [content.slice(0, ends), content.slice(ends).trim()];
  if (ends < 0 || !head.startsWith(SUBJECT) || head.includes('\n') || text === '') {
    throw new Error(`${path} does not begin with a line "Subject: ..." and an empty one`);
  }
  return { subject: head.slice(SUBJECT.length), text };
}

function fill(name: string, { subject, text }: Template, words: Words): Template {
  const put = (into: string): string =>
    into.replace(/\{\{(\w+)\}\}/g, (_whole, word: string) => {
      const value = words[word];
      if (value === undefined) throw new Error(`The template ${name} wants the word ${word}`);
      return value;
    });
  return { subject: put(subject).replace(/\s+/g, ' '), text: put(text) };
}
