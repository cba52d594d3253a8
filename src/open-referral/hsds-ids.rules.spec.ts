import { isUuid, newId } from '../platform/pure/ids.js';
import { PARTS, partId, wordId } from './hsds-ids.rules.js';

describe('ids of parts', () => {
  const id = newId();

  it.each(PARTS)('%s: a UUID that leads back to its whole', (part) => {
    expect(isUuid(partId(id, part))).toBe(true);
    expect(partId(id, part)).not.toBe(id);
    expect(partId(partId(id, part), part)).toBe(id);
  });

  it('differ from part to part and from whole to whole', () => {
    const ids = [id, newId()].flatMap((whole) => PARTS.map((part) => partId(whole, part)));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('ids of words', () => {
  it('are UUIDs, the same each time', () => {
    expect(wordId('need loneliness')).toBe(wordId('need loneliness'));
    expect(wordId('need loneliness')).not.toBe(wordId('need food'));
    expect(isUuid(wordId('need loneliness'))).toBe(true);
  });
});
