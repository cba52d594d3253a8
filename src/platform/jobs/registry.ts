import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { isRegistered } from '../outbox/events.js';
import { type EventHandler, type HandlerMark, HANDLES, type Unrepeatable } from '../outbox/handles.js';
import { type JobPerformer, PERFORMS } from './performs.js';

export interface RegisteredHandler extends HandlerMark {
  handler: EventHandler;
}

/** Every handler and performer of the application, found by its decorator and checked at every start. */
@Injectable()
export class JobRegistry implements OnApplicationBootstrap {
  private readonly byEvent = new Map<string, RegisteredHandler[]>();
  private readonly performers = new Map<string, JobPerformer>();

  constructor(private readonly discovery: DiscoveryService) {}

  onApplicationBootstrap(): void {
    const names = new Set<string>();
    for (const { metatype, instance } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function') continue;
      const mark = Reflect.getMetadata(HANDLES, metatype) as HandlerMark | undefined;
      if (mark) {
        if (!isRegistered(mark.event))
          throw new Error(`${metatype.name} handles ${mark.event}, which nobody tells`);
        claim(names, mark.name);
        const list = this.byEvent.get(mark.event) ?? [];
        if (list.length > 0 && [mark, ...list].some(({ unrepeatable }) => unrepeatable)) {
          throw new Error(`${mark.event} sends what cannot be repeated, and so has one handler only`);
        }
        this.byEvent.set(mark.event, [...list, { ...mark, handler: instance as EventHandler }]);
      }
      const job = Reflect.getMetadata(PERFORMS, metatype) as string | undefined;
      if (job !== undefined) {
        claim(names, job);
        this.performers.set(job, instance as JobPerformer);
      }
    }
  }

  handlersOf(event: string): readonly RegisteredHandler[] {
    return this.byEvent.get(event) ?? [];
  }

  unrepeatable(how: Unrepeatable): string[] {
    return [...this.byEvent].flatMap(([event, [first]]) => (first?.unrepeatable === how ? [event] : []));
  }

  performerOf(job: string): JobPerformer | undefined {
    return this.performers.get(job);
  }
}

/** Names are parts of BullMQ's job ids, which may not contain a colon. */
function claim(names: Set<string>, name: string): void {
  if (!/^[a-z][a-z0-9.-]{2,60}$/.test(name)) throw new Error(`"${name}" is not fit as a handler's name`);
  if (names.has(name)) throw new Error(`Two handlers are called ${name}`);
  names.add(name);
}
