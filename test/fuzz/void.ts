/**
 * Operations of which the trial knows too little to do them at least three times in ten, by why not: what it asks of them is
 * held against the description all the same, and each has tests of its own. Any other that is done less makes the run void.
 */
export const KNOWN_VOID: Record<string, readonly string[]> = {
  'needs what went out by mail': [
    'POST /invitations/accept',
    'POST /password-resets/use',
    'POST /sign-in/code',
    'POST /sign-in/send-code',
    'POST /sign-in/set-up',
    'POST /my-page/sessions',
    'POST /my-page/contact/changes',
    'POST /my-page/contact/changes/:id/confirm',
  ],
  'takes a form with a file, which is not described as JSON': [
    'POST /bulk-referrals',
    'POST /neighbourhoods/outlines',
    'POST /providers/:id/evidence',
  ],
  'is for programs alone': ['GET /program'],
  'stands at its short address only where there is one scheme': [
    'GET /open-referral',
    ...['services', 'taxonomies', 'taxonomy_terms', 'service_at_locations', 'organizations'].flatMap(
      (kind) => [`GET /open-referral/${kind}`, `GET /open-referral/${kind}/:id`],
    ),
  ],
  'needs what only somebody with a long history has on their own page': [
    'GET /my-page/plan',
    'GET /my-page/appointments/:id/calendar',
    'POST /my-page/agreements/:id/take-back',
    'POST /my-page/appointments/:id/cannot-come',
    'POST /my-page/plan/steps/:id',
    'POST /my-page/stories/:id/take-back',
    'POST /my-page/supporters/:id/end',
    'POST /my-page/supporters/:id/shares',
  ],
  'is refused by where things stand when it comes': [
    'GET /subject-access/:id/document',
    'GET /subject-access/:id/document.html',
    'POST /subject-access/:id/release',
    'POST /subject-access/:id/review',
    'POST /clients/:id/page/reopen',
    'POST /clients/:id/resume-messages',
    'POST /clients/:id/review-retention',
    'POST /imports/:id/stop',
  ],
};

/** Of a hundred operations: what was asked before may stand in the way of so many by chance. */
export const MOST_BY_CHANCE = 1;
