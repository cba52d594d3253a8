import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Outgoing, OutgoingFault, type OutgoingOptions } from '../../src/platform/outgoing/outgoing.js';

const LIMITS = { bytes: 100_000, milliseconds: 5_000 };

describe('reading what somebody told us to read', () => {
  let server: Server;
  let port: string;
  let asked: { url: string; headers: Record<string, unknown> }[];

  const ANSWERS: Record<string, RequestListener> = {
    '/plain': (_request, reply) => reply.setHeader('content-type', 'Application/JSON').end('{"a":1}'),
    '/packed': (_request, reply) => reply.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}')),
    '/missing': (_request, reply) => reply.writeHead(404).end('nothing here'),
    '/huge': (_request, reply) => reply.setHeader('content-length', '9999999').end(),
    '/endless': (_request, reply) => {
      const more = (): void => {
        while (!reply.destroyed && reply.write('x'.repeat(20_000)));
        if (!reply.destroyed) reply.once('drain', more);
      };
      more();
    },
    '/bomb': (_request, reply) =>
      reply.setHeader('content-encoding', 'gzip').end(gzipSync('0'.repeat(50_000_000))),
    '/stacked': (_request, reply) =>
      reply.setHeader('content-encoding', 'gzip, gzip').end(gzipSync(gzipSync('x'))),
    '/broken': (_request, reply) => reply.setHeader('content-encoding', 'gzip').end('this is not gzip'),
    '/cut': (_request, reply) => {
      reply.setHeader('content-length', '100').write('{"a":');
      setTimeout(() => reply.destroy(), 20);
    },
    '/drip': (_request, reply) => {
      const timer = setInterval(() => reply.write(' '), 50);
      reply.on('close', () => {
        clearInterval(timer);
      });
    },
    '/silent': () => undefined,
    '/twice': (_request, reply) => reply.writeHead(302, { location: '/once' }).end(),
    '/once': (_request, reply) => reply.writeHead(301, { location: './plain' }).end('moved'),
    '/round': (_request, reply) => reply.writeHead(302, { location: '/round' }).end(),
    '/inside': (_request, reply) => reply.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
    '/loopback': (_request, reply) => reply.writeHead(302, { location: `http://[::1]:${port}/plain` }).end(),
    '/named': (_request, reply) =>
      reply.writeHead(302, { location: `http://rebound.test:${port}/plain` }).end(),
    '/file': (_request, reply) => reply.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/credentials': (_request, reply) =>
      reply.writeHead(302, { location: `http://a:b@feed.test:${port}/plain` }).end(),
  };

  beforeAll(async () => {
    server = createServer((request, reply) => {
      asked.push({ url: request.url ?? '', headers: request.headers });
      (ANSWERS[request.url ?? ''] ?? ANSWERS['/missing'])?.(request, reply);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = String((server.address() as AddressInfo).port);
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const NAMES: Record<string, string[]> = {
    'feed.test': ['127.0.0.1'],
    'rebound.test': ['10.0.0.5'],
    'mixed.test': ['127.0.0.1', '10.0.0.5'],
    'nowhere.test': [],
  };
  const outgoing = (options: OutgoingOptions = {}) =>
    new Outgoing({
      resolve: (host) => Promise.resolve(NAMES[host] ?? []),
      addresses: ['127.0.0.1'],
      ports: [port],
      ...options,
    });
  const read = async (url: string, limits = LIMITS, options: OutgoingOptions = {}) => {
    const answer = await outgoing(options).get(url, limits);
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    return { ...answer, text: Buffer.concat(chunks).toString() };
  };
  const refused = (url: string, limits = LIMITS, options: OutgoingOptions = {}) =>
    read(url, limits, options).then(
      ({ text }) => `read ${text.slice(0, 20)}`,
      (error: unknown) => (error instanceof OutgoingFault ? error.because : error),
    );
  const at = (path: string) => `http://feed.test:${port}${path}`;

  it('reads plain, packed and moved answers, and says what kind they are', async () => {
    expect(await read(at('/plain'))).toMatchObject({
      status: 200,
      contentType: 'application/json',
      text: '{"a":1}',
    });
    expect((await read(at('/packed'))).text).toBe('{"a":1}');
    const moved = await read(at('/twice'));
    expect([moved.text, moved.url.pathname]).toEqual(['{"a":1}', '/plain']);
    expect((await read(at('/missing'))).status).toBe(404);
  });

  it('tells nothing of us: no cookie, no authorization, no referrer', async () => {
    await read(at('/plain'));
    const { headers } = asked[0] ?? { headers: {} };
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  it.each([
    ['/huge', 'too_large'],
    ['/endless', 'too_large'],
    ['/bomb', 'too_large'],
    ['/stacked', 'unreadable'],
    ['/broken', 'unreadable'],
    ['/cut', 'unreachable'],
    ['/round', 'redirects'],
    ['/inside', 'not_public'],
    ['/loopback', 'not_public'],
    ['/named', 'not_public'],
    ['/file', 'not_an_address'],
    ['/credentials', 'not_an_address'],
  ])('refuses %s: %s', async (path, because) => {
    expect(await refused(at(path))).toBe(because);
    expect(asked.map(({ url }) => url).filter((url) => url === '/plain')).toEqual([]);
  });

  it.each(['/drip', '/silent'])('gives up on %s', async (path) => {
    expect(await refused(at(path), { bytes: 100_000, milliseconds: 400 })).toBe('too_slow');
  });

  it('connects to nothing private, however it is written', async () => {
    const none = { addresses: [] };
    const p = port;
    const urls = [
      `http://127.0.0.1:${p}/plain`,
      `http://2130706433:${p}/plain`,
      `http://0x7f.1:${p}/plain`,
      `http://0177.0.0.1:${p}/plain`,
      `http://[::1]:${p}/plain`,
      `http://[::ffff:127.0.0.1]:${p}/plain`,
      `http://0.0.0.0:${p}/plain`,
      `http://localhost:${p}/plain`,
      `http://a.localhost:${p}/plain`,
      `http://feed.test:${p}/plain`,
      `http://rebound.test:${p}/plain`,
    ];
    for (const url of urls) expect([url, await refused(url, LIMITS, none)]).toEqual([url, 'not_public']);
    expect(asked).toEqual([]);
  });

  it('refuses a name when any of its addresses is private, and one that means something else next time', async () => {
    expect(await refused(`http://mixed.test:${port}/plain`)).toBe('not_public');
    let times = 0;
    const rebinding = { resolve: () => Promise.resolve(times++ === 0 ? ['127.0.0.1'] : ['10.0.0.5']) };
    const one = outgoing(rebinding);
    const first = await one.get(at('/missing'), LIMITS);
    expect(first.status).toBe(404);
    await first.leave();
    await expect(one.get(at('/plain'), LIMITS)).rejects.toMatchObject({ because: 'not_public' });
    expect(times).toBe(2);
  });

  it.each([
    ['ftp://feed.test/x', 'not_an_address'],
    ['file:///etc/passwd', 'not_an_address'],
    ['http://sam:secret@feed.test/', 'not_an_address'],
    ['feed.test', 'not_an_address'],
    ['', 'not_an_address'],
    ['http://feed.test:22/', 'not_public'],
    ['http://feed.test:6379/', 'not_public'],
  ])('never tries %s', async (url, because) => {
    expect(await refused(url)).toBe(because);
    expect(await refused(url, LIMITS, { ports: undefined })).toBe(because);
  });

  it('says plainly that nobody answers', async () => {
    expect(await refused(`http://nowhere.test:${port}/`)).toBe('unreachable');
    expect(await refused('http://feed.test:9/', LIMITS, { ports: ['9'] })).toBe('unreachable');
  });

  it('lets go of the connection when the rest is not wanted', async () => {
    const answer = await outgoing().get(at('/endless'), { bytes: 1e9, milliseconds: 5_000 });
    expect((await answer.body.next()).value).toBeInstanceOf(Buffer);
    await answer.body.return(undefined);
    for (let tries = 0; tries < 100; tries += 1) {
      const open = await new Promise<number>((done) => {
        server.getConnections((_error, count) => {
          done(count);
        });
      });
      if (open === 0) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error('A connection stayed open');
  });
});
