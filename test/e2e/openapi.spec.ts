import { startApp, type TestApp } from '../support/start-app.js';

interface Schema {
  properties?: Record<string, unknown>;
}

describe('the description of the API', () => {
  let betony: TestApp;
  let document: { paths: Record<string, object>; components: { schemas: Record<string, Schema> } };

  beforeAll(async () => {
    betony = await startApp();
    document = (await betony.inject({ url: '/docs-json' })).json();
  });
  afterAll(() => betony.stop());

  it('refers only to what it holds', () => {
    const refs = new Set(JSON.stringify(document).match(/"\$ref":"[^"]*"/g));
    const broken = [...refs].filter((ref) => {
      const name = /#\/components\/schemas\/([^"]*)"/.exec(ref)?.[1];
      return name === undefined || !(name in document.components.schemas);
    });
    expect(broken).toEqual([]);
    expect(refs.size).toBeGreaterThan(50);
  });

  it('says that refusals travel as problem+json, and who may ask', () => {
    const others: string[] = [];
    let refusals = 0;
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, route] of Object.entries(methods)) {
        const { responses } = route as {
          responses: Record<string, { content?: object; description?: string }>;
        };
        for (const [status, { content = {}, description }] of Object.entries(responses)) {
          if (!description) others.push(`${method} ${path} ${status} has no words`);
          if (status < '400' || path.startsWith('/health')) continue;
          refusals += 1;
          const types = Object.keys(content).join();
          if (types !== '' && types !== 'application/problem+json')
            others.push(`${method} ${path} ${status}`);
        }
        const any = path.startsWith('/health') ? [] : method === 'get' ? ['400'] : ['400', '413', '415'];
        others.push(...any.filter((one) => !(one in responses)).map((one) => `${method} ${path} ${one}`));
      }
    }
    expect(others).toEqual([]);
    expect(refusals).toBeGreaterThan(500);
    expect(document.paths['/api/v1/referrals/{id}/hold']).toMatchObject({
      post: { description: expect.stringContaining('May: link worker (assigned), scheme manager (scheme).') },
    });
  });

  it('shows what is inside of what is nested', () => {
    const settings = document.components.schemas['SchemeSettingsInput']?.properties;
    expect(settings).toMatchObject({
      triageDays: { type: 'integer', minimum: 1, maximum: 20, nullable: true },
      selfReferral: { type: 'boolean' },
      bankHolidays: { type: 'array' },
    });
  });

  it('has a name for each view that no other has', () => {
    const { FigurePartView: part, PartView: points } = document.components.schemas;
    expect([Object.keys(part?.properties ?? {}), Object.keys(points?.properties ?? {})]).toEqual([
      expect.arrayContaining(['key', 'title']),
      expect.arrayContaining(['part', 'points']),
    ]);
  });

  it('says of every route how it answers and what it may refuse', () => {
    const silent: string[] = [];
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, route] of Object.entries(methods)) {
        const { responses, summary } = route as { responses?: object; summary?: string };
        const statuses = Object.keys(responses ?? {});
        const answers = statuses.some((status) => status.startsWith('2'));
        const refuses = path.startsWith('/health') || statuses.some((status) => status.startsWith('4'));
        if (!answers || !refuses || !summary) silent.push(`${method} ${path}`);
      }
    }
    expect(silent).toEqual([]);
  });
});
