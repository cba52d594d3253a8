import { SECTIONS } from '../../records/person-data.catalogue.js';
import type { RecordDocument } from '../../records/record-document.types.js';
import { speechIn } from '../words/speech.js';
import { copyPage } from './copy.page.js';

const client = (id: string, language?: string) => ({
  id: `client:${id}`,
  what: 'Client',
  fields: [
    { name: 'first_name', label: 'First name', value: 'Amina' },
    ...(language === undefined ? [] : [{ name: 'language', label: 'Language', value: language }]),
  ],
});
const document = (...items: ReturnType<typeof client>[]): RecordDocument => ({
  format: 'betony-record-1',
  preparedAt: '2026-11-23T10:00:00.000Z',
  sections: SECTIONS.map((section) => ({ section, items: section === 'About you' ? items : [] })),
  whoLooked: [],
  notShown: [],
});
const headings = (of: RecordDocument): string[] =>
  (copyPage(of, 'Tendring') as unknown as { sections: { heading: string }[] }).sections.map(
    ({ heading }) => heading,
  );

describe('a copy of what is held about somebody', () => {
  it('has its headings in the language they read, and keeps what was written as it was written', () => {
    const urdu = copyPage(document(client('1', 'ur')), 'Tendring');
    expect(urdu.speech.language).toBe('ur');
    expect(headings(document(client('1', 'ur')))[0]).toBe(speechIn('ur').t('copy.section.aboutYou'));
    expect(JSON.stringify(urdu)).toContain('Amina');
  });

  it('says of every part what it is', () => {
    expect(new Set(headings(document(client('1', 'en'))))).toEqual(new Set(SECTIONS));
  });

  it.each([
    ['none is known', document(client('1')), 'en'],
    ['it is not one of ours', document(client('1', 'so')), 'en'],
    ['another record of theirs says another', document(client('1', 'pl'), client('2', 'cy')), 'cy'],
  ] as const)('is in one of ours where %s', (_where, of, language) => {
    expect(copyPage(of, 'Tendring').speech.language).toBe(language);
  });
});
