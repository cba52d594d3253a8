import { reachOf } from '../../src/permissions/permission.table.js';
import { RouteCheck, type Route } from '../../src/permissions/route-check.js';
import { ROLES } from '../../src/platform/actor/actor.types.js';
import { isPage, isStaffPage } from '../../src/platform/http/pages.js';
import { statementsOf } from './count-queries.js';
import { type Links, linksOf } from './links.js';
import { SAMPLES, type World } from './route-samples.js';
import type { TestApp } from './start-app.js';

/** Somebody before a page, by the cookies they carry. */
export interface Visitor {
  who: string;
  cookie: string;
}

export interface Visit extends Visitor {
  /** Of the page, as the router names it: `GET /desk/people/:id`. */
  route: string;
  url: string;
  status: number;
  headers: Record<string, string>;
  html: string;
  queries: string[];
  /** Where the page leads, within us. */
  links: string[];
}

const decoded = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

const linksIn = (html: string, url: string): string[] => [
  ...new Set(
    [...html.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)]
      .map(([, href = '']) => decoded(href))
      .filter((href) => !/^(tel|mailto|sms|https?):/.test(href))
      .map((href) => new URL(href, `http://here${url}`))
      .map(({ pathname, search }) => pathname + search),
  ),
];

/** Opens pages as whoever may, and goes where they lead. */
export class PageCrawl {
  private readonly routes: { route: Route; name: string; matches: RegExp }[];
  private calls = 0;
  readonly visits: Visit[] = [];

  constructor(private readonly betony: TestApp) {
    this.routes = betony
      .get(RouteCheck)
      .routes()
      .filter(({ method }) => method === 'GET')
      .map((route) => ({
        route,
        name: `GET ${route.path}`,
        matches: new RegExp(`^${route.path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
      }))
      // What is written out is meant before what a name stands for.
      .sort((one, other) => one.name.split(':').length - other.name.split(':').length);
  }

  /** Pages that somebody can open, by their routes. */
  get pageRoutes(): string[] {
    return this.routes
      .filter(({ route }) => isPage(route.path) && !/^\/(styles|scripts|fonts)\//.test(route.path))
      .map(({ name }) => name);
  }

  routeOf(url: string): string | null {
    const path = url.split('?', 1)[0] ?? '';
    if (path === '/docs' || /^\/(docs|open-referral)\b/.test(path)) return `GET ${path}`;
    return this.routes.find(({ matches }) => matches.test(path))?.name ?? null;
  }

  async open({ who, cookie }: Visitor, url: string, route = this.routeOf(url)): Promise<Visit> {
    let answer: Awaited<ReturnType<TestApp['inject']>> | undefined;
    this.calls += 1;
    const queries = await statementsOf(async () => {
      answer = await this.betony.inject({
        url,
        headers: { cookie },
        // Another house each time: what is counted by network address is not what is tried here.
        remoteAddress: `10.2.${String(Math.floor(this.calls / 200))}.${String(this.calls % 200)}`,
      });
    });
    if (!answer) throw new Error(`No answer from ${url}`);
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
    );
    const isHtml = headers['content-type']?.startsWith('text/html') ?? false;
    const html = isHtml ? answer.body : '';
    const visit = {
      who,
      cookie,
      route: route ?? 'GET nothing of ours',
      url,
      status: answer.statusCode,
      headers,
      html,
      queries,
      links: linksIn(html, url),
    };
    this.visits.push(visit);
    return visit;
  }

  /** Every page of those who sign in, as every role that may open it. */
  async ofStaff(world: World): Promise<void> {
    for (const { route, name } of this.routes) {
      if (!isStaffPage(route.path) || route.action === null) continue;
      const sample = SAMPLES[name] ?? {};
      for (const role of ROLES) {
        if (reachOf(route.action, role) === 'none' || sample.nothingFor?.includes(role)) continue;
        const member = (await sample.as?.(world, role)) ?? world.people[role];
        const target = (await sample.at?.(world, member)) ?? {};
        const path = route.path.replace(/:(\w+)/g, (_text, key: string) => target[key] ?? `no-${key}`);
        const url = path + (sample.query?.(target) ?? '');
        await this.open({ who: role, cookie: member.browser.cookie }, url, name);
      }
    }
  }

  /** What there is without signing in, by links as they are sent to people. */
  async ofAnybody(): Promise<Links> {
    const links = await linksOf(this.betony, 'crawl@example.org');
    const { my, scheme, reply, listing, shared, survey, tally, questions, claim, received } = links;
    const anybody = { who: 'anybody', cookie: '' };
    for (const url of [shared, survey, tally, questions, claim, received]) await this.open(anybody, url);
    for (const end of ['', '/no', '/talk', '/came', '/finish', '/worried', '/rings-you', '/leave'])
      await this.open(anybody, `${reply}${end}`);
    for (const end of ['', '/times', '/place', '/join', '/cost', '/access', '/places', '/full', '/session'])
      await this.open(anybody, `${listing}${end}`);
    for (const url of [
      ...['/reply', '/reply/sent', '/reply/left', '/claim/sent', '/claim/thanks', '/received/thanks'],
      ...[
        '/questions/thanks',
        '/questions/no-more',
        `${survey}/thanks`,
        '/privacy',
        '/privacy/people',
        '/bank-holidays',
      ],
      ...['/find', '/self-referral', `/find/${scheme.id}`, `/self-referral/${scheme.id}`],
      ...['/desk/sign-in', '/desk/by-code', '/desk/forgotten', '/desk/forgotten/sent', '/my/enter', my],
    ])
      await this.open(anybody, url);
    // Whether a code is known or not, its page is the same.
    await this.open({ ...anybody, cookie: `__Host-betony-code=${'x'.repeat(43)}` }, '/desk/by-code/enter');
    const entered = await this.betony.inject({
      method: 'POST',
      url: my,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'day=2&month=3&year=1948',
    });
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
    const person = { who: 'person', cookie };
    for (const end of [
      '',
      '/plan',
      '/appointments',
      '/questions',
      '/sharing',
      '/contact',
      '/message',
      '/feedback',
      '/stop',
      '/close',
    ])
      await this.open(person, `/my${end}`);
    return links;
  }

  /**
   * Where the pages lead that were opened: each address once for each visitor, and of one route at most so many, so that
   * a list of two hundred people is not two hundred visits.
   */
  async onward(most: number): Promise<void> {
    const seen = new Set(this.visits.map(({ cookie, url }) => `${cookie} ${url}`));
    const opened = new Map<string, number>();
    // Pages found on the way are looked through as well.
    for (const { who, cookie, links } of this.visits) {
      for (const url of links) {
        const key = `${cookie} ${url}`;
        const route = this.routeOf(url);
        const kind = `${who} ${route ?? url} ${new URL(url, 'http://here').searchParams.size > 0 ? '?' : ''}`;
        const times = opened.get(kind) ?? 0;
        if (seen.has(key) || times >= most || /\/(leave|sign-out)$/.test(url)) continue;
        seen.add(key);
        opened.set(kind, times + 1);
        await this.open({ who, cookie }, url, route);
      }
    }
  }
}
