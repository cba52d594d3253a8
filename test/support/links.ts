import sql from 'sql-template-tag';
import type { GroupLinkView } from '../../src/assets/survey.dto.js';
import { type NewLink, ReplyLinks } from '../../src/onward-referrals/reply-links.service.js';
import { contactPointOf } from '../../src/providers/contact-points.js';
import { aCase, aGroup, anOffer, inScheme } from '../factories/onward.js';
import { filedMail } from './mailbox.js';
import { aMember, aScheme, type TestScheme } from './people.js';
import { settle } from './settle.js';
import type { TestApp } from './start-app.js';

const OFFER = 'onward_referral';

/** Every link there is of one scheme, by the address it opens. */
export interface Links {
  scheme: TestScheme;
  offer: string;
  reply: string;
  /** About a service of a group. */
  listing: string;
  shared: string;
  survey: string;
  tally: string;
  questions: string;
  claim: string;
  calendar: string;
  received: string;
  /** Opens with the person's date of birth, 1948-03-02. */
  my: string;
}

export const tokenOf = (path: string): string => /[\w-]{43}/.exec(path)?.[0] ?? '';
const pathOf = (address: string | null | undefined): string => new URL(address ?? '').pathname;

/** The link that a group's letter would carry. */
export const replyLink = (
  scheme: TestScheme,
  organisationId: string,
  email: string,
  link: NewLink,
): Promise<string> =>
  inScheme(scheme, async (tx) => {
    const links = scheme.betony.get(ReplyLinks);
    const contactPointId = await contactPointOf(tx, organisationId, { channel: 'email', to: email });
    return pathOf(
      links.address(await links.make(tx, link, { organisationId, contactPointId, messageId: null })),
    );
  });

/** One of every kind of link, of a scheme of its own. */
export async function linksOf(betony: TestApp, email: string): Promise<Links> {
  const scheme = await aScheme(betony);
  const [manager, worker] = [await aMember(scheme, 'scheme_manager'), await aMember(scheme, 'link_worker')];
  const post = async (path: string, payload: object, { headers } = manager) => {
    const answer = await betony.inject({ method: 'POST', url: `/api/v1${path}`, headers, payload });
    if (answer.statusCode !== 201) throw new Error(`${path} ${answer.body}`);
    return answer.json<GroupLinkView>();
  };
  const reply = async (contactEmail: string, contactShared: boolean) => {
    const group = await aGroup(scheme, { provider: { contactEmail, answersBy: 'email' } });
    const of = await aCase(scheme, { worker });
    const offer = await anOffer(scheme, of, group);
    const { organisationId } = group;
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update provider set contact_shared = ${contactShared}
        where scheme_id = ${scheme.id} and organisation_id = ${organisationId}`),
    );
    const about = { kind: OFFER, id: offer } as const;
    const path = await replyLink(scheme, organisationId, contactEmail, { purpose: 'answer', about });
    return { offer, path, organisationId, listingId: group.listingId, ...of };
  };
  const [alone, shared] = [await reply(email, false), await reply(`shared-${email}`, true)];
  const { organisationId, referralId } = alone;
  const link = async (purpose: 'survey' | 'tally') =>
    pathOf((await post('/group-links', { purpose, organisationId })).address);
  const unclaimed = await aGroup(scheme);
  const form = { name: 'Ann Lee', why: 'I keep the keys', email: `ann-${email}` };
  const asked = await betony.inject({
    method: 'POST',
    url: `/claim/${scheme.id}/${unclaimed.organisationId}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(form).toString(),
  });
  if (asked.headers['location'] !== '/claim/sent') throw new Error(asked.body);
  await settle(betony);
  const mails = await filedMail(betony.config.dataDir);
  const claim = mails
    .filter(({ to }) => to?.[0]?.address === form.email)
    .map(({ text = '' }) => /\/claim\/confirm\/[\w-]{43}/.exec(text)?.[0] ?? '')
    .join('');
  const questions = { occasion: 'baseline', measures: ['ons4'] };
  const asksFor = `surgery-${email}`;
  await inScheme(scheme, (tx) =>
    tx.run(sql`
      update organisation set email = ${asksFor}, feedback_email = null
      where scheme_id = ${scheme.id} and id = (select organisation_id from referral where id = ${referralId})`),
  );
  await inScheme(scheme, (tx) =>
    tx.run(
      sql`update client set date_of_birth = '1948-03-02' where scheme_id = ${scheme.id} and id = ${alone.clientId}`,
    ),
  );
  const tried = { kind: 'phone', outcome: 'no_answer', nextOn: '2026-11-24' };
  await post(`/referrals/${referralId}/contacts`, tried, worker);
  await post(`/referrals/${referralId}/safety-messages`, { to: 'sender' }, worker);
  await settle(betony);
  const received = (await filedMail(betony.config.dataDir))
    .filter(({ to }) => to?.[0]?.address === asksFor)
    .map(({ text = '' }) => /\/received\/[\w-]{43}/.exec(text)?.[0] ?? '')
    .join('');
  return {
    scheme,
    offer: alone.offer,
    reply: alone.path,
    listing: await replyLink(scheme, organisationId, email, {
      purpose: 'listing_check',
      about: { kind: 'listing', id: alone.listingId },
    }),
    shared: shared.path,
    survey: await link('survey'),
    tally: await link('tally'),
    questions: pathOf(
      (await post(`/referrals/${referralId}/questionnaire-links`, questions, worker)).address,
    ),
    claim,
    received,
    my: pathOf((await post(`/clients/${alone.clientId}/page/links`, {}, worker)).address),
    calendar: pathOf((await post('/calendar-feed', {}, worker)).address),
  };
}
