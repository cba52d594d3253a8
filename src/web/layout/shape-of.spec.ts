import { ArrangeCoverInput } from '../../link-workers/link-worker.dto.js';
import { AmendListing } from '../../providers/listing.dto.js';
import { rowsTogether } from './forms.js';
import { shapeOf } from './shape-of.js';

const empty = (name: string) => ({ [`${name}.day`]: '', [`${name}.month`]: '', [`${name}.year`]: '' });
const boxes = { 'startsOn.day': '7', 'startsOn.month': '1', 'startsOn.year': '2027' };

describe('a form in the shape of its input', () => {
  it.each([
    ['a day chosen, its boxes empty', { startsOn: '2026-11-24', ...empty('startsOn') }, '2026-11-24'],
    ['the empty boxes first', { ...empty('startsOn'), startsOn: '2026-11-24' }, '2026-11-24'],
    ['another day in boxes', { startsOn: '', ...boxes }, '2027-01-07'],
    ['boxes rather than what was chosen before', { startsOn: '2026-11-24', ...boxes }, '2027-01-07'],
    ['nothing', { startsOn: '', ...empty('startsOn') }, undefined],
  ])('takes %s', (_what, texts, day) => {
    const shape = shapeOf(ArrangeCoverInput, { ...texts, ...empty('endsOn'), reason: 'leave' });
    expect(shape).toEqual({ reason: 'leave', ...(day !== undefined && { startsOn: day }) });
  });

  it('takes rows in the order of their numbers, and none of those in which nothing is said', () => {
    const rows = {
      ...{ 'schedule.10.day': 'friday', 'schedule.10.every': 'week', ...empty('schedule.10.on') },
      ...{ 'schedule.2.day': '', 'schedule.2.from': '', 'schedule.2.every': 'week' },
      ...{ 'schedule.3.day': 'monday', 'schedule.3.every': 'month', name: 'Lunch' },
    };
    const together = rowsTogether(rows, 'schedule', ['every']);
    expect(together).toMatchObject({
      'schedule.0.day': 'monday',
      'schedule.1.day': 'friday',
      'schedule.2.every': '',
    });
    expect(shapeOf(AmendListing, together)).toEqual({
      name: 'Lunch',
      schedule: [
        { day: 'monday', every: 'month' },
        { day: 'friday', every: 'week' },
      ],
    });
    expect(shapeOf(AmendListing, { 'schedule.0.day': '', 'schedule.0.from': '' })).toEqual({});
  });
});
