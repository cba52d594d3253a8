import { spokenPhone } from '../../platform/pure/phone.js';
import type { Letter } from '../paper/letter.rules.js';
import type { Speech } from '../words/speech.js';

export interface Slip {
  reference: string;
  schemeName: string;
  organisation: { name: string; phone: string | null };
  /** Where they read what is kept of them. */
  privacy: string;
}

/** What the page of the slip says, in the same words and no more of them. */
export const slipLetter = (
  { reference, schemeName, organisation, privacy }: Slip,
  { t }: Speech,
): Letter => ({
  title: t('slip.title'),
  blocks: [
    { text: t('slip.asked', { organisation: organisation.name, scheme: schemeName }) },
    { text: t('slip.reference', { reference }) },
    { heading: t('slip.next') },
    { list: [t('slip.read'), t('slip.contact'), t('slip.together')], numbered: true },
    {
      text:
        organisation.phone === null
          ? t('slip.ask', { organisation: organisation.name })
          : t('slip.ring', { organisation: organisation.name, phone: spokenPhone(organisation.phone) }),
    },
    { text: t('slip.safe') },
    { text: t('slip.privacy', { address: privacy }) },
    { text: t('frame.danger', { emergency: '999' }) },
  ],
});
