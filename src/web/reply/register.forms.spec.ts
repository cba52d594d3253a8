import type { RegisterPerson } from '../../onward-referrals/register.dto.js';
import { speechIn } from '../words/speech.js';
import { readRegister } from './register.forms.js';

const person = (id: string, more: Partial<RegisterPerson> = {}): RegisterPerson => ({
  onwardReferralId: id,
  calledBy: id.toUpperCase(),
  people: 1,
  result: null,
  came: null,
  ...more,
});
const { t } = speechIn('en');
const PEOPLE = [person('a'), person('b', { people: 3 })];

describe('a register that somebody fills in', () => {
  it.each<[string, Record<string, string>, boolean, object]>([
    [
      'marks whoever was chosen',
      { 'w-a': 'late' },
      false,
      { marks: [{ onwardReferralId: 'a', result: 'late' }], walkIns: 0 },
    ],
    [
      'counts those who came together, and others',
      { 'w-a': 'attended', 'w-b': 'attended', 'n-b': ' 2 ', walkIns: '4' },
      true,
      {
        marks: [
          { onwardReferralId: 'a', result: 'attended' },
          { onwardReferralId: 'b', result: 'attended', people: 2 },
        ],
        walkIns: 4,
      },
    ],
    ['takes nothing of somebody else', { 'w-c': 'attended' }, false, { marks: [], walkIns: 0 }],
  ])('%s', (_name, sent, all, input) => {
    expect(readRegister(sent, PEOPLE, all, t)).toEqual({ input });
  });

  it.each<[string, Record<string, string>, boolean, string[]]>([
    ['nobody may be left out at the end', { 'w-a': 'attended' }, true, ['w-b']],
    ['a result that is none of ours', { 'w-a': 'danced', 'w-b': 'toString' }, true, ['w-a', 'w-b']],
    ['more than were offered', { 'w-b': 'attended', 'n-b': '4' }, false, ['n-b']],
    ['numbers that are none', { 'w-b': 'attended', 'n-b': '1e0', walkIns: '-1' }, false, ['n-b', 'walkIns']],
    ['too many others', { walkIns: '501' }, false, ['walkIns']],
  ])('refuses %s', (_name, sent, all, fields) => {
    const read = readRegister(sent, PEOPLE, all, t);
    expect('problems' in read && read.problems.map(({ field }) => field)).toEqual(fields);
  });

  it('does not let somebody who was marked be unmarked', () => {
    const read = readRegister({ 'w-a': '' }, [person('a', { result: 'attended' })], false, t);
    expect(read).toEqual({ problems: [{ field: 'w-a', message: 'Select whether A came' }] });
  });
});
