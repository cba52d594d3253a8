import { spokenPhone } from '../../platform/pure/phone.js';
import type { ProviderView } from '../../providers/provider.dto.js';
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
