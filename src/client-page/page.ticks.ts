import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ticks } from '../platform/jobs/ticks.js';
import { PageSessions } from './page-sessions.service.js';

const HOUR_MS = 60 * 60_000;

@Injectable()
export class PageTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly sessions: PageSessions,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'own-page',
      everyMs: HOUR_MS,
      for: 'installation',
      run: (actor) => this.sessions.forgetOld(actor),
    });
  }
}
