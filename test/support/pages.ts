import type { TestApp } from './start-app.js';
import type { TestMember } from './people.js';

type Answer = Awaited<ReturnType<TestApp['inject']>>;

export interface PageBrowser {
  jar: Map<string, string>;
  open(url: string): Promise<Answer>;
  /** Sends the form that the page shows; `shownAt` where that is another address. */
  send(url: string, answers: Record<string, string>, shownAt?: string): Promise<Answer>;
}

/** A browser without a screen: it keeps the cookies it is given and sends the forms it was shown. */
export function aPageBrowser(
  betony: TestApp,
  {
    who,
    cookies = {},
    userAgent,
  }: { who?: TestMember; cookies?: Record<string, string>; userAgent?: string } = {},
): PageBrowser {
  const jar = new Map(Object.entries(cookies));
  if (who) {
    const [name = '', value = ''] = who.browser.cookie.split('=');
    jar.set(name, value);
  }
  const headers = () => ({
    cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
  });
  const keep = (answer: Answer): Answer => {
    for (const given of [answer.headers['set-cookie']].flat()) {
      const [name = '', value = ''] = (given ?? '').split(';', 1)[0]?.split('=') ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  return {
    jar,
    open: async (url) => keep(await betony.inject({ url, headers: headers() })),
    send: async (url, answers, shownAt = url) => {
      const { body } = keep(await betony.inject({ url: shownAt, headers: headers() }));
      const token = /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
      return keep(
        await betony.inject({
          method: 'POST',
          url,
          headers: { ...headers(), 'content-type': 'application/x-www-form-urlencoded' },
          payload: new URLSearchParams({ _csrf: token, ...answers }).toString(),
        }),
      );
    },
  };
}
