import type { DynamicModule, Type } from '@nestjs/common';
import { ImportsModule } from './imports/imports.module.js';
import { PermissionsModule } from './permissions/permissions.module.js';

/** The modules of the domain, floor by floor. Every door opens on the same ones. */
export const FEATURES: (Type<unknown> | DynamicModule)[] = [PermissionsModule, ImportsModule];
