import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
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

  describe('by whoever means harm', () => {
    const none = { addresses: [] };

    it.each([
      ['an address in decimal', 'http://2852039166:PORT/'],
      ['in octal', 'http://0251.0376.0251.0376:PORT/'],
      ['in hexadecimal', 'http://0xa9fea9fe:PORT/'],
      ['in a mixture', 'http://0xa9.254.0251.254:PORT/'],
      ['shortened', 'http://127.1:PORT/'],
      ['zero', 'http://0:PORT/'],
      ['with zeros in front', 'http://127.000.000.001:PORT/'],
      ['with a dot behind', 'http://127.0.0.1.:PORT/'],
      ['in circled digits', 'http://①②⑦.⓪.⓪.①:PORT/'],
      ['with ideographic full stops', 'http://127。0。0。1:PORT/'],
      ['without slashes', 'http:127.0.0.1:PORT'],
      ['a neighbour', 'http://192.168.0.1:PORT/'],
      ['a carrier’s', 'http://100.64.0.1:PORT/'],
      ['broadcast', 'http://255.255.255.255:PORT/'],
      ['multicast', 'http://224.0.0.1:PORT/'],
      ['metadata of a cloud', 'http://169.254.169.254:PORT/latest/meta-data/'],
      ['metadata of another', 'http://100.100.100.200:PORT/'],
      ['metadata over IPv6', 'http://[fd00:ec2::254]:PORT/'],
      ['mapped, with dots', 'http://[::ffff:169.254.169.254]:PORT/'],
      ['mapped, in full', 'http://[0:0:0:0:0:ffff:7f00:1]:PORT/'],
      ['mapped, though public', 'http://[::ffff:8.8.8.8]:PORT/'],
      ['compatible', 'http://[::127.0.0.1]:PORT/'],
      ['translated', 'http://[64:ff9b::a9fe:a9fe]:PORT/'],
      ['translated locally', 'http://[64:ff9b:1::7f00:1]:PORT/'],
      ['6to4', 'http://[2002:7f00:1::]:PORT/'],
      ['Teredo', 'http://[2001:0:7f00:1::]:PORT/'],
      ['unspecified', 'http://[::]:PORT/'],
      ['link-local', 'http://[fe80::1]:PORT/'],
      ['site-local', 'http://[fec0::1]:PORT/'],
      ['a name of this machine', 'http://LOCALHOST:PORT/'],
      ['with a dot', 'http://localhost.:PORT/'],
      ['below it', 'http://feed.localhost.:PORT/'],
      ['spelt with escapes', 'http://%6c%6f%63alhost:PORT/'],
      ['spelt with line ends', 'http://lo\tcal\nhost:PORT/'],
      ['behind a fragment', 'http://127.0.0.1:PORT#@feed.test/'],
    ])('%s is not tried: %s', async (_what, pattern) => {
      const url = pattern.replace('PORT', port);
      expect(() => outgoing(none).check(url)).toThrow(new OutgoingFault('not_public'));
      expect(await refused(url, LIMITS, none)).toBe('not_public');
      expect(asked).toEqual([]);
    });

    it.each([
      ['a zone', 'http://[fe80::1%25eth0]:PORT/'],
      ['an escaped end', 'http://127.0.0.1%00.feed.test:PORT/'],
      ['an escaped slash', 'http://127.0.0.1%2f.feed.test:PORT/'],
      ['a user that looks like a host', 'http://feed.test:PORT@127.0.0.1/'],
      ['a user without a password', 'http://feed.test@127.0.0.1:PORT/'],
      ['five numbers', 'http://1.2.3.4.5:PORT/'],
      ['a port that is none', 'http://feed.test:65536/'],
      ['no scheme', '//feed.test:PORT/'],
      ['gopher', 'gopher://feed.test:PORT/_INFO'],
      ['dict', 'dict://feed.test:PORT/info'],
      ['a web socket', 'ws://feed.test:PORT/'],
      ['data', 'data:application/json,{}'],
      ['a script', 'javascript:fetch("http://feed.test")'],
      ['a blob', 'blob:http://feed.test:PORT/1'],
    ])('%s is no address: %s', async (_what, pattern) => {
      expect(await refused(pattern.replace('PORT', port))).toBe('not_an_address');
      expect(asked).toEqual([]);
    });

    it.each([0, 21, 25, 5432, 6379, 8080, 11211, 27017])('nothing but the web is asked: port %i', (other) => {
      expect(() => new Outgoing().check(`http://feed.example.org:${String(other)}/`)).toThrow(
        new OutgoingFault('not_public'),
      );
    });

    it.each<[string, string[]]>([
      ['a private address behind a public one', ['8.8.8.8', '10.0.0.5']],
      ['before it', ['10.0.0.5', '8.8.8.8']],
      ['of the other kind', ['8.8.8.8', 'fd00::1']],
      ['mapped', ['::ffff:10.0.0.5']],
      ['of metadata', ['169.254.169.254']],
      ['of a zone', ['fe80::1%eth0']],
      ['that is none', ['localhost']],
    ])('a name with %s leads nowhere', async (_what, addresses) => {
      const resolve = () => Promise.resolve(addresses);
      expect(await refused(at('/plain'), LIMITS, { addresses: [], resolve })).toBe('not_public');
    });

    it('an answer about a name that never comes is not waited for', async () => {
      const resolve = () => new Promise<string[]>(() => undefined);
      const short = { ...LIMITS, milliseconds: 100 };
      expect(await refused(at('/plain'), short, { resolve })).toBe('too_slow');
    });

    describe('whose server keeps to no rule', () => {
      let raw: SocketServer;
      let rawPort: string;
      const OK = 'HTTP/1.1 200 OK\r\n';
      const moved = (to: string): string =>
        `HTTP/1.1 302 Found\r\nlocation: ${to.replace('PORT', port)}\r\ncontent-length: 0\r\n\r\n`;
      const packed = (how: string, body: Buffer): Buffer =>
        Buffer.concat([
          Buffer.from(`${OK}content-encoding: ${how}\r\ncontent-length: ${String(body.length)}\r\n\r\n`),
          body,
        ]);
      const zeros = Buffer.alloc(5_000_000);
      /** What it says, what becomes of that, and whether it goes on saying it. */
      const SAYS: [string, () => string | Buffer, string, 'again'?][] = [
        ['a length in words', () => `${OK}content-length: many\r\n\r\n{}`, 'unreachable'],
        ['a length below nothing', () => `${OK}content-length: -1\r\n\r\n{}`, 'unreachable'],
        ['two lengths', () => `${OK}content-length: 2\r\ncontent-length: 20\r\n\r\n{}`, 'unreachable'],
        [
          'a length and pieces',
          () => `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
          'unreachable',
        ],
        ['a length beyond what we take', () => `${OK}content-length: 100001\r\n\r\n`, 'too_large'],
        ['a length no number holds', () => `${OK}content-length: ${'9'.repeat(30)}\r\n\r\n`, 'unreachable'],
        ['too short a length', () => `${OK}content-length: 2\r\n\r\n{}{"more":1}`, 'read {}'],
        ['a piece of no size', () => `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`, 'unreachable'],
        ['endless headers', () => 'x-more: and more\r\n'.repeat(1_000), 'unreachable', 'again'],
        ['a header of 100 kB', () => `${OK}x-long: ${'x'.repeat(100_000)}\r\n\r\n`, 'unreachable'],
        ['hints without end', () => 'HTTP/1.1 103 Early Hints\r\n\r\n', 'too_slow', 'again'],
        ['another protocol', () => 'SSH-2.0-OpenSSH_9.6\r\n', 'unreachable'],
        ['a change of protocol', () => 'HTTP/1.1 101 Switching\r\nupgrade: websocket\r\n\r\n', 'unreachable'],
        ['a bomb of brotli', () => packed('br', brotliCompressSync(zeros)), 'too_large'],
        ['a bomb of deflate', () => packed('deflate', deflateSync(zeros)), 'too_large'],
        ['a packing nobody knows', () => packed('zstd', Buffer.from('x')), 'unreadable'],
        ['a way to a decimal address', () => moved('http://167772161:PORT/plain'), 'not_public'],
        ['a way to a mapped one', () => moved('http://[::ffff:7f00:1]:PORT/plain'), 'not_public'],
        ['a way to the same host elsewhere', () => moved('//localhost.:PORT/plain'), 'not_public'],
        ['a way to a database', () => moved('http://feed.test:5432/'), 'not_public'],
        ['a way to metadata', () => moved('http://metadata.test:PORT/'), 'not_public'],
        ['a way to gopher', () => moved('gopher://feed.test:PORT/_x'), 'not_an_address'],
        ['a way that is no address', () => moved('http://[::1'), 'redirects'],
      ];

      beforeAll(async () => {
        raw = createSocketServer((socket) => {
          socket.on('error', () => undefined);
          socket.once('data', (data) => {
            const [, words, , again] = SAYS[Number(/^GET \/(\d+)/.exec(data.toString())?.[1])] ?? [];
            if (!words) return socket.destroy();
            if (!again) return socket.end(words());
            const more = (): void => {
              if (!socket.destroyed) socket.write(words(), () => setImmediate(more));
            };
            if (words().toString().startsWith('x-')) socket.write(OK);
            more();
          });
        });
        await new Promise<void>((done) => raw.listen(0, '127.0.0.1', done));
        rawPort = String((raw.address() as AddressInfo).port);
      });
      afterAll(() => raw.close());

      it.each(SAYS.map(([what, , becomes], index) => [what, becomes, index] as const))(
        '%s: %s',
        async (_what, becomes, index) => {
          const options: OutgoingOptions = {
            ports: [port, rawPort],
            addresses: ['127.0.0.1'],
            resolve: (host) => Promise.resolve(host === 'feed.test' ? ['127.0.0.1'] : ['169.254.169.254']),
          };
          const milliseconds = becomes === 'too_slow' ? 300 : LIMITS.milliseconds;
          const url = `http://feed.test:${rawPort}/${String(index)}`;
          expect(await refused(url, { ...LIMITS, milliseconds }, options)).toBe(becomes);
          expect(asked).toEqual([]);
        },
      );
    });
  });
});
