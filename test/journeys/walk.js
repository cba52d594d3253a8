import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One referral from a practice to a church lunch and back, by the people who would do it, over the running API. Each
 * step says what it does and checks that it happened; the first that did not ends the walk with exit code 1. It makes
 * a new invented person every time, so it may be walked again.
 */
const BASE = (process.env.BASE_URL ?? 'http://127.0.0.1:3000').replace(/\/$/, '');
const PASSWORD = process.env.DEMO_PASSWORD ?? keptPassword();

const WIDTH = 12;
let steps = 0;

function keptPassword() {
  const file = join(process.env.DATA_DIR ?? 'data', 'demo-sign-ins.txt');
  try {
    return /^Password: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  } catch {
    return leave(
      `There is no ${file}. Start Betony first (npm start), or set DEMO_PASSWORD to the demo password.`,
    );
  }
}

function leave(reason) {
  process.stdout.write(`\n  Stopped: ${reason}\n`);
  process.exit(1);
}

function tell(who, text) {
  steps += 1;
  process.stdout.write(`${String(steps).padStart(3)}  ${who.padEnd(WIDTH)} ${text}\n`);
}

function expect(truth, what) {
  if (!truth) leave(what);
}

/** Somebody who has signed in. */
class Person {
  constructor(name, email) {
    this.name = name;
    this.email = email;
  }

  async signIn() {
    const answer = await request('POST', '/sign-in', null, { email: this.email, password: PASSWORD });
    expect(
      answer.status === 201 || answer.status === 200,
      `${this.email} could not sign in (${answer.status}).`,
    );
    this.token = answer.body.accessToken;
    this.me = await this.get('/me');
    return this;
  }

  get(path) {
    return this.ask('GET', path);
  }

  post(path, body = {}) {
    return this.ask('POST', path, body);
  }

  async ask(method, path, body) {
    const answer = await request(method, path, this.token, body);
    if (answer.status >= 400) {
      leave(
        `${this.name} asked ${method} ${path} and was answered ${answer.status}: ${JSON.stringify(answer.body)}`,
      );
    }
    return answer.body;
  }

  /** For what must be refused. */
  async statusOf(path) {
    return (await request('GET', path, this.token)).status;
  }
}

async function request(method, path, token, body) {
  const answer = await fetch(`${BASE}/api/v1${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => leave(`Nothing answers at ${BASE}. Start Betony first: npm start.`));
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

/** A number of the range that is never issued, 999 000 0000 to 999 999 9999. */
function inventedNhsNumber() {
  for (;;) {
    const nine = `999${String(randomInt(1_000_000)).padStart(6, '0')}`;
    const sum = Array.from(nine).reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${nine}${check}`;
  }
}

const london = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });
const days = (n) => london.format(new Date(Date.now() + n * 86_400_000));
const today = days(0);

const priya = new Person('Priya', 'practice@demo.example.org');
const mo = new Person('Mo', 'manager@demo.example.org');
const sam = new Person('Sam', 'linkworker@demo.example.org');
const church = new Person('St Botolph’s', 'faith@demo.example.org');
const clare = new Person('Clare', 'commissioner@demo.example.org');

process.stdout.write(`\nA referral at ${BASE}\n\n`);
for (const person of [priya, mo, sam, church, clare]) await person.signIn();
tell('everybody', 'Five people sign in: a practice, a manager, a link worker, a church, a commissioner.');

const surname = `Walker-${Array.from({ length: 5 }, () => String.fromCharCode(97 + randomInt(26))).join('')}`;
const sent = await priya.post('/referrals', {
  client: {
    nhsNumber: inventedNhsNumber(),
    firstName: 'Grace',
    lastName: surname,
    dateOfBirth: `19${40 + randomInt(30)}-0${1 + randomInt(9)}-1${randomInt(9)}`,
    phone: '07700 900982',
    postcode: 'CO97 1AA',
    safeToCall: 'yes',
    accessNeeds: ['step_free'],
    gpPracticeId: priya.me.membership.organisationId,
  },
  agreement: { basis: 'agreed', agreedOn: today, how: 'in_person' },
  feedback: 'everything',
  reasons: ['loneliness', 'food'],
  note: 'Widowed in spring; has stopped going out.',
  noKnownRisks: true,
  couldComeToHarm: false,
});
tell('Priya', `refers Grace from her practice. Reference ${sent.reference}, status "${sent.status}".`);
expect(sent.reference && sent.status === 'sent', 'The referral was not sent.');
const referral = `/referrals/${sent.id}`;

const queue = await mo.get('/triage?limit=100');
expect(
  queue.items.some(({ id }) => id === sent.id),
  'The manager does not see it in the queue.',
);
tell('Mo', `sees ${queue.items.length} waiting in the triage queue, Grace among them.`);
await mo.post(`${referral}/accept`);
const allocated = await mo.post(`${referral}/allocate`, {
  workerId: sam.me.membership.id,
  overrideReason: 'A walk through the demo',
});
expect(allocated.state === 'allocated', 'It was not allocated.');
tell('Mo', 'takes the referral on and gives it to Sam.');

await sam.post(`${referral}/contacts`, {
  kind: 'phone',
  outcome: 'no_answer',
  at: new Date().toISOString(),
  nextOn: today,
});
const reached = await sam.post(`${referral}/contacts`, {
  kind: 'phone',
  outcome: 'reached',
  at: new Date().toISOString(),
  minutes: 25,
  note: 'Misses cooking for two. Would try a lunch if somebody meets her at the door.',
  nextOn: days(7),
});
expect(reached.id, 'The contact was not logged.');
const active = await sam.get(referral);
expect(active.state === 'active', 'A conversation did not begin the referral.');
tell('Sam', `rings, no answer; rings again, and they talk. Next contact ${days(7)}.`);

const answers = (satisfied, worthwhile, happy, anxious) => ({
  measure: 'ons4',
  version: '1',
  answeredOn: today,
  mode: 'phone',
  answers: { satisfied, worthwhile, happy, anxious },
});
await sam.post(`${referral}/responses`, { ...answers(3, 4, 3, 7), occasion: 'baseline' });
tell('Sam', 'asks the four well-being questions, word for word.');

const found = await sam.get('/listings?text=lunch%20company&near=CO97%201AA&withinMiles=15');
const lunch = found.items.find(
  ({ organisationId }) => organisationId === church.me.membership.organisationId,
);
expect(lunch, 'The search did not find the church lunch.');
tell(
  'Sam',
  `searches for company and a meal nearby: ${found.items.length} found, "${lunch.name}" among them.`,
);
const gates = await sam.get(`/listings/${lunch.id}/gates?referralId=${sent.id}`);
expect(gates.passed, `A gate refused: ${JSON.stringify(gates.gates.filter(({ passed }) => !passed))}`);

const offer = {
  listingId: lunch.id,
  needs: ['loneliness'],
  howSoon: 'within_two_weeks',
  contactRoute: 'phone',
  agreement: {
    scope: ['needs', 'access_needs', 'contact_details'],
    basis: 'agreed',
    agreedOn: today,
    how: 'phone',
  },
};
const offered = await sam.post(`${referral}/onward-referrals`, offer);
expect(offered.state === 'offered', 'It was not offered.');
tell('Sam', 'asks the church whether it can help, with what Grace agreed to share.');

const onward = `/onward-referrals/${offered.id}`;
const before = JSON.stringify(await church.get(onward));
expect(
  before.includes('Grace') && !before.includes(surname) && !before.includes('900982'),
  'The church saw too much.',
);
tell('St Botolph’s', 'reads "Can you help Grace?": a first name and what she wants, no surname, no number.');
await church.post(`${onward}/accept`, { inTouchBy: days(3) });
const after = JSON.stringify(await church.get(onward));
expect(after.includes(surname) && after.includes('900982'), 'The church cannot reach her after saying yes.');
tell('St Botolph’s', 'says yes, and now sees how to reach her.');
// At no time in particular: the walk may be taken before the hour at which they meet today.
const came = await church.post(`${onward}/attendance`, {
  sessionOn: today,
  sessionAt: null,
  result: 'attended',
});
expect(came, 'Attendance was not recorded.');
const started = await church.get(onward);
expect(started.state === 'started', 'Coming did not start it.');
tell('St Botolph’s', 'notes that she came.');
await church.post(`${onward}/complete`, { result: 'still_going' });
tell('St Botolph’s', 'closes the loop: still coming, on her own.');

await sam.post(`${referral}/responses`, { ...answers(6, 7, 6, 4), occasion: 'closing' });
const change = await sam.get(`${referral}/change?measure=ons4`);
const counted = JSON.stringify(change).match(/"improved"/g)?.length ?? 0;
// All of this walk is one day: what is said twice on one day is kept, and is no change.
expect(
  counted === 0 && /day of the baseline/.test(JSON.stringify(change)),
  'A change was counted within one day.',
);
const closed = await sam.post(`${referral}/close`, { result: 'helped', reason: 'done', mayAskAgain: true });
expect(closed.state === 'closed', 'It was not closed.');
tell(
  'Sam',
  'asks again: kept, and no change yet, since all this is one day. Closes the referral; Grace may be asked again in 3 and 6 months.',
);

const told = await priya.get(referral);
expect(
  told.status === 'closed' && !JSON.stringify(told).includes('cooking for two'),
  'The practice was told wrongly.',
);
tell('Priya', 'sees that it was done and what came of it, and none of the notes.');

expect((await clare.statusOf(referral)) === 403, 'A commissioner could open a person.');
const figures = await clare.get('/figures/overview');
expect(figures, 'The commissioner has no figures.');
tell('Clare', 'sees figures, and is refused when she tries to open a person.');

process.stdout.write(`\n  All ${steps} steps did what they say.\n`);
