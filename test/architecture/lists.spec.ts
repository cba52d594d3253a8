import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('../../src/web', import.meta.url));

/** Tables that are no list of any length, and why: they have nothing to sort, count, page or save. */
const OTHER_TABLES: Record<string, readonly string[]> = {
  'what there is of one person': [
    'across/pages/safety-messages.njk',
    'link-worker/pages/documents.njk',
    'link-worker/pages/help.njk',
    'link-worker/pages/people-close.njk',
    'link-worker/pages/person-groups.njk',
    'link-worker/pages/person-messages.njk',
    'link-worker/pages/person.njk',
    'link-worker/pages/plan-versions.njk',
    'link-worker/pages/questionnaire-send.njk',
    'link-worker/pages/questionnaires.njk',
    'link-worker/pages/sharing.njk',
    'link-worker/pages/write.njk',
    'managers/pages/keeping.njk',
    'records/copy.njk',
  ],
  'two records side by side': [
    'link-worker/pages/same-person-join.njk',
    'link-worker/pages/same-person.njk',
    'link-worker/pages/triage-one.njk',
    'practice/pages/refer.njk',
  ],
  'what there is of one group, service, story, program, user or import': [
    'across/pages/story.njk',
    'link-worker/pages/onward-attendance.njk',
    'managers/pages/group-agreement.njk',
    'managers/pages/group-checks.njk',
    'managers/pages/group-partners.njk',
    'managers/pages/group-times.njk',
    'managers/pages/group.njk',
    'managers/pages/handover.njk',
    'managers/pages/import.njk',
    'managers/pages/listing-periods.njk',
    'managers/pages/register.njk',
    'managers/pages/neighbourhood.njk',
    'managers/pages/user.njk',
    'practice/pages/bulk-list.njk',
    'programs/pages/program.njk',
    'programs/pages/webhook.njk',
  ],
  'a summary above a list': ['managers/pages/audit.njk'],
  'figures, with a file of their own': ['managers/pages/gaps-by-place.njk', 'managers/pages/overview.njk'],
  'the day itself, or what was chosen a moment ago': [
    'group/pages/folder.njk',
    'link-worker/pages/away.njk',
    'link-worker/pages/caseload-print.njk',
    'link-worker/pages/many-done.njk',
    'link-worker/pages/write-many.njk',
    'link-worker/pages/shortlist.njk',
    'link-worker/pages/today.njk',
    'managers/pages/team.njk',
    'search/pages/search.njk',
    'tasks/pages/list.njk',
  ],
  'as many rows as the product or the scheme has kinds of something': [
    'account/pages/messages.njk',
    'managers/pages/health.njk',
    'managers/pages/lists.njk',
    'managers/pages/message-switches.njk',
    'managers/pages/neighbourhoods.njk',
    'managers/pages/outlines.njk',
    'managers/pages/own-questionnaires.njk',
    'managers/pages/templates.njk',
    'practice/pages/staff.njk',
    'programs/pages/programs.njk',
  ],
  'worked off from the top, newest or oldest first; too few at a time to be searched': [
    'across/pages/approvals.njk',
    'across/pages/moves.njk',
    'across/pages/notes.njk',
    'across/pages/said-list.njk',
    'across/pages/stories-table.njk',
    'across/pages/supervision.njk',
    'across/pages/transfers-incoming.njk',
    'across/pages/warm-handovers.njk',
    'link-worker/pages/concerns.njk',
    'managers/pages/claims.njk',
    'managers/pages/concerns.njk',
    'managers/pages/copies.njk',
    'managers/pages/handovers.njk',
    'managers/pages/imports-gone.njk',
    'managers/pages/invitations.njk',
    'managers/pages/messages.njk',
    'managers/pages/registers.njk',
    'managers/pages/retention-decisions.njk',
    'managers/pages/retention.njk',
    'managers/pages/leads.njk',
    'managers/pages/secure-addresses.njk',
    'managers/pages/surveys.njk',
    'practice/pages/bulk.njk',
    'practice/pages/drafts.njk',
    'practice/pages/staff-requests.njk',
  ],
};

const templates = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.njk') && file !== 'layout/table.njk')
  .map((file) => ({ file, text: readFileSync(`${WEB}/${file}`, 'utf8') }));

describe('every list', () => {
  const lists = templates.filter(({ text }) => text.includes('table.listed('));

  it('has how many there are in its heading, an order to choose, all of it on one page, paper and a file', () => {
    for (const { file, text } of lists) {
      const has = (part: string): [string, string, boolean] => [file, part, text.includes(part)];
      for (const part of ['{{ title', 'table.below(list)', 'table.nothing(list'])
        expect(has(part)).toEqual([file, part, true]);
      expect([file, /<form method="get"|class="betony-tabs/.test(text)]).toEqual([file, true]);
    }
    expect(lists.length).toBeGreaterThanOrEqual(8);
  });

  it('is made in this one way, and any other table says why it is none', () => {
    const others = templates
      .filter(({ text }) => /\btable\.open\(|<table\b/.test(text))
      .map(({ file }) => file)
      .sort();
    expect(others).toEqual(Object.values(OTHER_TABLES).flat().sort());
  });
});
