import { without } from './without.js';

describe('without', () => {
  const row = { id: 'a', client_id: 'b', at: null };

  it('takes away what is named and nothing else', () => {
    expect(without(row, 'client_id')).toEqual({ id: 'a', at: null });
    expect(without(row, 'client_id', 'at')).toEqual({ id: 'a' });
    expect(without(row)).toEqual(row);
  });

  it('leaves the row as it was', () => {
    without(row, 'id');
    expect(row).toEqual({ id: 'a', client_id: 'b', at: null });
  });
});
