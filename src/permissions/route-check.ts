import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ACTION, PUBLIC } from './can.decorator.js';
import type { Action } from './permission.table.js';

export interface Route {
  method: string;
  path: string;
  /** null for a public route. */
  action: Action | null;
}

/** Lists every route with the permission it asks for, and stops the start when one asks for none. */
@Injectable()
export class RouteCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    this.routes();
  }

  routes(): Route[] {
    return this.discovery.getControllers().flatMap((wrapper) => {
      const prototype = wrapper.metatype?.prototype as Record<string, object> | undefined;
      if (!prototype || !wrapper.metatype) return [];
      const base = Reflect.getMetadata(PATH_METADATA, wrapper.metatype) as string;
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        const verb = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
        if (!handler || verb === undefined) return [];
        const action = Reflect.getMetadata(ACTION, handler) as Action | undefined;
        if (!action && !Reflect.getMetadata(PUBLIC, handler)) {
          throw new Error(`${wrapper.name}.${name} has neither @Can() nor @Public()`);
        }
        const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
        return paths.map((end) => {
          const path = `/${base}/${end}`.replace(/\/+/g, '/');
          return { method: RequestMethod[verb], path: path.replace(/(.)\/$/, '$1'), action: action ?? null };
        });
      });
    });
  }
}
