import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiGoneResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiUnprocessableEntityResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { Problem } from '../errors/problem.js';
import { ApiPage } from './pagination.js';

class OfferRefusalView {
  @ApiProperty({ example: 'gates' })
  code: string;

  @ApiProperty()
  because: string;

  @ApiProperty({ type: String, nullable: true, description: 'The gate, the scope or the field.' })
  about: string | null;
}

/** A refusal because of the state things are in. `from`, `action` and `because` are there for an illegal move. */
export class ConflictProblem extends Problem {
  @ApiPropertyOptional({ example: 'closed' })
  from?: string;

  @ApiPropertyOptional({ example: 'hold' })
  action?: string;

  @ApiPropertyOptional({ example: 'This can be done only while it is allocated or active.' })
  because?: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'likely-duplicate: records for sameAs or notTheSameAs.',
  })
  candidateIds?: string[];

  @ApiPropertyOptional({ description: 'maybe-already-sent: the earlier referral.' })
  referralId?: string;

  @ApiPropertyOptional({ description: 'maybe-already-sent: the reference of the earlier referral.' })
  reference?: string;

  @ApiPropertyOptional({ description: 'invited: the invitation that is open.' })
  invitationId?: string;

  @ApiPropertyOptional({ description: 'baseline-exists: the response to correct instead.' })
  responseId?: string;

  @ApiPropertyOptional({ description: 'no-room: how many live cases the worker has.' })
  caseload?: number;

  @ApiPropertyOptional({ description: 'no-room: how many the worker can take.' })
  limit?: number;

  @ApiPropertyOptional({ description: 'live-referrals: how many somebody has to take over.' })
  referrals?: number;

  @ApiPropertyOptional({ format: 'uuid', description: 'merged, merged-since: where the person is now.' })
  mergedInto?: string;

  @ApiPropertyOptional({ type: [OfferRefusalView], description: 'Every reason why no offer can be made.' })
  refusals?: OfferRefusalView[];

  @ApiPropertyOptional({ description: 'full: the waiting list is open.' })
  waitingList?: boolean;

  @ApiPropertyOptional({ description: 'How many places are taken, where fewer were to be there.' })
  taken?: number;

  @ApiPropertyOptional({ description: 'How many places were to be there.' })
  total?: number;

  @ApiPropertyOptional({ format: 'uuid', description: 'Where the words of the older tab were put.' })
  asideId?: string;

  @ApiPropertyOptional({ description: 'How many rows of an import are refused.' })
  refused?: number;
}

/** The id of what was made or found, where nothing more may be told. */
export class Made {
  @ApiProperty({ format: 'uuid' })
  id: string;
}

const refused = () =>
  applyDecorators(
    ApiBadRequestResponse({ type: Problem, description: 'The request cannot be read, such as broken JSON' }),
    ApiUnprocessableEntityResponse({ type: Problem, description: 'Which answers to check, and why' }),
  );

const conflicts = () =>
  ApiConflictResponse({ type: ConflictProblem, description: 'Not possible as things stand, and why' });

const repeatable = () =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Repeat a request with the same key and it is done once; kept for 7 days.',
    }),
    conflicts(),
    refused(),
  );

type View = Type<unknown>;

const anyOf = (views: View[]) => ({ oneOf: views.map((one) => ({ $ref: getSchemaPath(one) })) });

/** One view, or one of several: who asks decides which. */
const shows = (view: View | View[], status: 200 | 201 | 202) =>
  Array.isArray(view)
    ? applyDecorators(ApiExtraModels(...view), ApiResponse({ status, schema: anyOf(view) }))
    : ApiResponse({ status, type: view });

/** GET one thing. */
export const ApiRead = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(ApiOperation({ summary, description }), shows(view, 200), refused());

/** GET a list that is not paged. */
export const ApiReadAll = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    Array.isArray(view)
      ? applyDecorators(
          ApiExtraModels(...view),
          ApiOkResponse({ schema: { type: 'array', items: anyOf(view) } }),
        )
      : ApiOkResponse({ type: view, isArray: true }),
    refused(),
  );

/** GET one page of a list. */
export const ApiReadPage = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(ApiOperation({ summary, description }), ApiPage(view), refused());

/** POST that makes something: 201 and its view. */
export const ApiMake = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(ApiOperation({ summary, description }), HttpCode(201), shows(view, 201), repeatable());

/** POST of a verb on something there already: 200 and its view. */
export const ApiWrite = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(ApiOperation({ summary, description }), HttpCode(200), shows(view, 200), repeatable());

const seen = () =>
  applyDecorators(
    ApiHeader({ name: 'If-Match', required: false, description: 'The ETag you last read, if you did.' }),
    ApiPreconditionFailedResponse({ type: Problem, description: 'Somebody changed it since you read it' }),
  );

/** The same of something that carries a version, which may be sent: 412 where somebody changed it since. */
export const ApiWriteSeen = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(ApiWrite(view, summary, description), seen());

/** The same, where what is shown is the list it belongs to. */
export const ApiWriteAll = (view: View, summary: string, description?: string) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    HttpCode(200),
    ApiOkResponse({ type: view, isArray: true }),
    repeatable(),
  );

/** POST by those on their own page that makes something: 201 and the list it belongs to. */
export const ApiMakeAll = (view: View, summary: string, description?: string) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    HttpCode(201),
    ApiCreatedResponse({ type: view, isArray: true }),
    repeatable(),
  );

/** POST of what takes a while: 202 and its view, which says how far it is. */
export const ApiLong = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(ApiOperation({ summary, description }), HttpCode(202), shows(view, 202), repeatable());

/** The same of something that carries a version, which may be sent. */
export const ApiLongSeen = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(ApiLong(view, summary, description), seen());

/** POST by somebody who has not signed in: a key against repeats would belong to nobody. */
export const ApiOpen = (
  view: View | View[],
  summary: string,
  description?: string,
  status: 200 | 201 = 200,
) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    HttpCode(status),
    shows(view, status),
    conflicts(),
    refused(),
  );

/** Where a code or a link may be used up, or too old. */
export const ApiMayBeGone = () =>
  ApiGoneResponse({ type: Problem, description: 'Used, too old or never there: ask for a new one' });

/** PATCH or PUT of something that carries a version. */
export const ApiAmend = (view: View | View[], summary: string, description?: string) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    ApiHeader({ name: 'If-Match', required: true, description: 'The ETag you last read.' }),
    shows(view, 200),
    ApiPreconditionFailedResponse({ type: Problem, description: 'Somebody changed it since you read it' }),
    ApiResponse({ status: 428, type: Problem, description: 'If-Match is missing' }),
    conflicts(),
    refused(),
  );

/** DELETE, or a POST with nothing to show: 204. */
export const ApiRemove = (summary: string, description?: string) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    HttpCode(204),
    ApiNoContentResponse(),
    conflicts(),
    refused(),
  );
