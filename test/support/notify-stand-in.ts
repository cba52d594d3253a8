import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';

export const SERVICE_ID = '26785a09-ab16-4eb0-8407-a37497a57506';
const SECRET = '3d844edf-8d35-48ac-975b-e847b4f122b0';
export const TEXT_TEMPLATE = 'f33517ff-2a88-4f6e-b855-c550268ce08a';
export const LETTER_TEMPLATE = '1631f2d0-ab16-4eb0-8407-a37497a57507';

export type NotifyBehaviour =
  | 'takes'
  | 'wrong-number'
  | 'wrong-address'
  | 'team-only'
  | 'bad-key'
  | 'too-many'
  | 'fault'
  | 'fault-after-taking'
  | 'gateway'
  | 'hangs-up'
  | 'takes-then-hangs-up'
  | 'takes-late'
  | 'hangs'
  | 'takes-then-hangs'
  | 'nonsense';

interface Notification {
  id: string;
  reference: string | null;
  type: 'sms' | 'letter';
  status: string;
  phone_number?: string;
  personalisation: Record<string, string>;
}

export interface NotifyStandIn {
  settings: { url: string; apiKey: string; textTemplate: string | null; letterTemplate: string | null };
  behaviour: NotifyBehaviour;
  /** Whether it answers questions about what it has. */
  remembers: boolean;
  taken: Notification[];
  stop(): Promise<void>;
}

/** A server that speaks the parts of GOV.UK Notify's API we use, and checks what it is told as Notify would. */
export async function startNotify(): Promise<NotifyStandIn> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void handle(standIn, request, response).catch((error: unknown) => {
      tell(response, 500, 'Exception', String(error));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const standIn: NotifyStandIn = {
    settings: {
      url: `http://127.0.0.1:${String(port)}`,
      apiKey: `betony_tests-${SERVICE_ID}-${SECRET}`,
      textTemplate: TEXT_TEMPLATE,
      letterTemplate: LETTER_TEMPLATE,
    },
    behaviour: 'takes',
    remembers: true,
    taken: [],
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return standIn;
}

async function handle(
  standIn: NotifyStandIn,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://notify');
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  try {
    new JwtService({}).verify(token, {
      secret: SECRET,
      algorithms: ['HS256'],
      issuer: SERVICE_ID,
      maxAge: '30s',
    });
  } catch {
    tell(response, 403, 'AuthError', 'Invalid token: API key not found');
    return;
  }
  if (request.method === 'GET') {
    look(standIn, url, request, response);
    return;
  }
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = JSON.parse(Buffer.concat(parts).toString()) as {
    template_id: string;
    phone_number?: string;
    personalisation: Record<string, string>;
    reference?: string;
  };
  const type = url.pathname.endsWith('/sms') ? 'sms' : 'letter';
  const take = (): Notification => {
    const taken: Notification = {
      id: randomUUID(),
      reference: body.reference ?? null,
      type,
      status: type === 'sms' ? 'sending' : 'accepted',
      ...(body.phone_number === undefined ? {} : { phone_number: body.phone_number }),
      personalisation: body.personalisation,
    };
    standIn.taken.push(taken);
    return taken;
  };
  const accept = () => {
    json(response, 201, { ...take(), content: {}, uri: '', template: {}, scheduled_for: null });
  };
  switch (standIn.behaviour) {
    case 'wrong-number':
      tell(response, 400, 'ValidationError', 'phone_number Not a valid UK mobile number');
      return;
    case 'wrong-address':
      tell(response, 400, 'ValidationError', 'Must be a real UK postcode');
      return;
    case 'team-only':
      tell(response, 400, 'BadRequestError', "Can't send to this recipient using a team-only API key");
      return;
    case 'bad-key':
      tell(response, 403, 'AuthError', 'Invalid token: signature, api token not found');
      return;
    case 'too-many':
      tell(
        response,
        429,
        'RateLimitError',
        'Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds',
      );
      return;
    case 'fault':
      tell(response, 500, 'Exception', 'Internal server error');
      return;
    case 'fault-after-taking':
      take();
      tell(response, 500, 'Exception', 'Internal server error');
      return;
    case 'gateway':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
      return;
    case 'hangs-up':
      request.socket.destroy();
      return;
    case 'takes-then-hangs-up':
      take();
      request.socket.destroy();
      return;
    case 'hangs':
      return;
    case 'takes-then-hangs':
      take();
      return;
    case 'takes-late':
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      accept();
      return;
    case 'nonsense':
      take();
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the wifi</h1>');
      return;
    case 'takes':
      if (body.template_id !== (type === 'sms' ? TEXT_TEMPLATE : LETTER_TEMPLATE)) {
        tell(response, 400, 'BadRequestError', 'Template not found');
      } else accept();
  }
}

function look(standIn: NotifyStandIn, url: URL, request: IncomingMessage, response: ServerResponse): void {
  if (!standIn.remembers) {
    request.socket.destroy();
    return;
  }
  const id = /^\/v2\/notifications\/(.+)$/.exec(url.pathname)?.[1];
  if (id === undefined) {
    const notifications = standIn.taken.filter((one) => one.reference === url.searchParams.get('reference'));
    json(response, 200, { notifications, links: { current: '' } });
    return;
  }
  const one = standIn.taken.find((taken) => taken.id === id);
  if (one) json(response, 200, one);
  else tell(response, 404, 'NoResultFound', 'No result found');
}

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const tell = (response: ServerResponse, status: number, error: string, message: string): void => {
  json(response, status, { status_code: status, errors: [{ error, message }] });
};
