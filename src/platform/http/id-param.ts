import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { Refusal } from '../errors/refusal.js';
import { isUuid } from '../pure/ids.js';

/** What is not an id is the id of nothing: the same answer as for one that is absent or out of reach. */
@Injectable()
class KnownShape implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw Refusal.notFound();
    return value.toLowerCase();
  }
}

/** The id in the address of a route. */
export const Id = (name = 'id'): ParameterDecorator => Param(name, KnownShape);
