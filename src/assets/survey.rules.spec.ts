import fc from 'fast-check';
import { becomes, readSurvey } from './survey.rules.js';
import { SHARINGS } from './survey.types.js';

const fieldsOf = (sent: Record<string, string>, asksName = false) =>
  readSurvey(sent, asksName).problems.map(({ field }) => field);

describe('what a group has to offer', () => {
  it('reads the boxes that were filled in, private unless told', () => {
    const { form, problems } = readSurvey(
      {
        people: ' Two retired nurses\r\nand a cook ',
        space: 'A hall\u0000',
        spaceSharing: 'send',
        skills: '   ',
        skillsSharing: 'send',
        time: 'Tuesdays',
        timeSharing: 'everybody',
        reachSharing: 'tell',
        contactName: 'Rose',
        contactEmail: 'rose@example.org',
        contactPhone: '07700 900 982',
      },
      false,
    );
    expect(problems).toEqual([]);
    expect(form).toEqual({
      groupName: null,
      contactName: 'Rose',
      contactEmail: 'rose@example.org',
      contactPhone: '+447700900982',
      answers: [
        { topic: 'people', words: 'Two retired nurses\nand a cook', sharing: 'private' },
        { topic: 'space', words: 'A hall', sharing: 'send' },
        { topic: 'time', words: 'Tuesdays', sharing: 'private' },
      ],
    });
  });

  it.each([
    ['an empty form', {}, false, ['people']],
    ['only who may know', { spaceSharing: 'send' }, false, ['people']],
    ['no name on a neighbourhood’s link', { time: 'x' }, true, ['groupName']],
    ['a name where none is asked', { time: 'x', groupName: 'y'.repeat(900) }, false, []],
    ['too long', { time: 'x'.repeat(1501) }, false, ['time']],
    ['exactly long enough', { time: 'x'.repeat(1500) }, false, []],
    ['a wrong address', { time: 'x', contactEmail: 'rose at example.org' }, false, ['contactEmail']],
    ['a wrong number', { time: 'x', contactPhone: '12' }, false, ['contactPhone']],
    ['a long name', { time: 'x', contactName: 'x'.repeat(121) }, false, ['contactName']],
  ] as [string, Record<string, string>, boolean, string[]][])('%s', (_what, sent, asksName, fields) => {
    expect(fieldsOf(sent, asksName)).toEqual(fields);
  });

  it('never makes public what was not said to be', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (sent, choice) => {
        const { form } = readSurvey({ ...sent, space: 'A hall', spaceSharing: choice }, false);
        const space = form.answers.find(({ topic }) => topic === 'space');
        expect(space?.sharing).toBe((SHARINGS as readonly string[]).includes(choice) ? choice : 'private');
      }),
    );
  });

  it.each([
    ['private', true, null],
    ['private', false, null],
    ['tell', true, 'asset'],
    ['tell', false, 'asset'],
    ['send', true, 'listing'],
    ['send', false, 'asset'],
  ] as const)('%s, group provides %p: %p', (sharing, provides, made) => {
    expect(becomes({ sharing }, provides)).toBe(made);
  });
});
