import type { ContentType } from '../platform/files/content.rules.js';
import type { EvidenceKind } from './evidence.types.js';

export const MOST_FILES_OF_A_GROUP = 50;
export const MOST_BYTES_OF_A_SCHEME = 1024 * 1024 * 1024;

export const NO_CERTIFICATES =
  'Certificates and identity documents are not kept here. Look at them, give them back, and record that they were seen and when.';

const IDENTITY =
  /certificat|passport|driv(?:ing|er)s?[ -]?licen[cs]e|identity|\bid[ -]?card|\bcrb\b|disclosure|\bvisa\b|residence[ -]?permit|birth|marriage|utility[ -]?bill|bank[ -]?statement|payslip/i;
const CHECK_OF_A_PERSON = /\bdbs\b/i;
const POLICY = /polic/i;

/** Whether the name of a file, or what somebody calls its kind, says that it is a certificate or says who somebody is. */
export function namesIdentity(text: string): boolean {
  const words = text.replaceAll('_', ' ');
  return IDENTITY.test(words) || (CHECK_OF_A_PERSON.test(words) && !POLICY.test(words));
}

/** Why a file is not taken as what it is sent as; null when nothing speaks against it. */
export function fileProblem(
  kind: EvidenceKind,
  { name, contentType }: { name: string; contentType: ContentType },
): string | null {
  if (namesIdentity(name)) return NO_CERTIFICATES;
  return kind === 'photo_of_place' && !contentType.startsWith('image/')
    ? 'Send a picture of the place, as JPEG or PNG. Choose another kind for a document.'
    : null;
}

/** Why there is no room for another file; null while there is. */
export function quotaProblem(kept: { files: number; bytes: number }, adding: number): string | null {
  if (kept.files >= MOST_FILES_OF_A_GROUP) {
    return `This group has ${String(MOST_FILES_OF_A_GROUP)} files already. Remove one that is out of date first.`;
  }
  return kept.bytes + adding > MOST_BYTES_OF_A_SCHEME
    ? 'The scheme has no room left for files. Remove some that are out of date first.'
    : null;
}
