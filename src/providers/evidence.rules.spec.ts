import { EVIDENCE_KINDS } from './evidence.types.js';
import {
  MOST_BYTES_OF_A_SCHEME,
  MOST_FILES_OF_A_GROUP,
  namesIdentity,
  quotaProblem,
} from './evidence.rules.js';

describe('names of certificates and identity documents', () => {
  it.each([
    'DBS Certificate - Rose Hall.pdf',
    'dbs_rose.jpg',
    'passport.png',
    'Rose driving licence.pdf',
    'drivers_license.jpg',
    'ID card.jpg',
    'enhanced disclosure 2025.pdf',
    'birth_cert.pdf',
    'bank statement.pdf',
    'food-hygiene-certificate.pdf',
    'dbs_certificate',
    'identity_document',
  ])('%s', (name) => {
    expect(namesIdentity(name)).toBe(true);
  });

  it.each([
    'Safeguarding policy 2026.pdf',
    'DBS policy.pdf',
    'DBS and recruitment policy.pdf',
    'Public liability insurance.pdf',
    'Data protection.pdf',
    'front door.jpg',
    'Idris Hall floor plan.png',
    'visual aids.pdf',
  ])('not %s', (name) => {
    expect(namesIdentity(name)).toBe(false);
  });

  it('no kind of evidence is one', () => {
    expect(EVIDENCE_KINDS.filter(namesIdentity)).toEqual([]);
  });
});

describe('room for files', () => {
  it.each([
    [{ files: 0, bytes: 0 }, 1, true],
    [{ files: MOST_FILES_OF_A_GROUP - 1, bytes: 0 }, 1, true],
    [{ files: MOST_FILES_OF_A_GROUP, bytes: 0 }, 1, false],
    [{ files: 0, bytes: MOST_BYTES_OF_A_SCHEME - 1 }, 1, true],
    [{ files: 0, bytes: MOST_BYTES_OF_A_SCHEME - 1 }, 2, false],
  ])('with %j and %d bytes more: %s', (kept, adding, fits) => {
    expect(quotaProblem(kept, adding) === null).toBe(fits);
  });
});
