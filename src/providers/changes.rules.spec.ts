import { changesOf, known, newValues, withoutValues } from './changes.rules.js';

interface Row {
  name: string;
  needs: string[];
  until: string | null;
  phone: string;
}

describe('changes', () => {
  const before: Row = { name: 'Lunch', needs: ['food'], until: null, phone: '+447700900001' };

  it('are what differs, with both values', () => {
    const changes = changesOf(before, { name: 'Lunch', needs: ['food', 'other'], until: '2026-12-01' });
    expect(changes).toEqual({
      needs: { from: ['food'], to: ['food', 'other'] },
      until: { from: null, to: '2026-12-01' },
    });
    expect(newValues(changes)).toEqual({ needs: ['food', 'other'], until: '2026-12-01' });
  });
  it('leave alone what was left out, and take away what is null', () => {
    expect(changesOf(before, { name: undefined })).toEqual({});
    expect(changesOf<Row>({ ...before, until: '2026-12-01' }, { until: null })).toEqual({
      until: { from: '2026-12-01', to: null },
    });
    expect(changesOf(before, { until: null })).toEqual({});
  });
  it('can be told without their values', () => {
    const changes = changesOf(before, { name: 'Tea', phone: '+447700900002' });
    expect(withoutValues(changes, new Set(['phone']))).toEqual({
      name: { from: 'Lunch', to: 'Tea' },
      phone: 'changed',
    });
  });
  it('knows what was given', () => {
    expect(known({ a: 1, b: undefined, c: null })).toEqual({ a: 1, c: null });
  });
});
