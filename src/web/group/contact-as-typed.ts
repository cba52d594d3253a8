import { spokenPhone } from '../../platform/pure/phone.js';
import type { AmendProvider, ProviderView } from '../../providers/provider.dto.js';
import type { Form } from '../layout/forms.js';

/** Whom to ask in a group, and how, as it stands in a form. */
export const contactAsTyped = (group: ProviderView): Form['values'] => ({
  contactName: group.contactName ?? '',
  contactEmail: group.contactEmail ?? '',
  contactPhone: group.contactPhone ? spokenPhone(group.contactPhone) : '',
  answersBy: group.answersBy ?? '',
  contactShared: group.contactShared ? 'yes' : 'no',
  replyWithinDays: String(group.replyWithinDays ?? ''),
  howToWorkWithUs: group.howToWorkWithUs ?? '',
});

/** What stands there otherwise than it was typed, by the form's own names; spaces aside, as in a telephone number. */
export function standsOtherwise(
  group: ProviderView,
  { values }: Form,
): (name: keyof AmendProvider) => boolean {
  const plain = (value: unknown): string => (typeof value === 'string' ? value.replace(/\s+/g, '') : '');
  const kept = contactAsTyped(group);
  return (name) => plain(kept[name]) !== plain(values[name]);
}
