import { ApiProperty, PickType } from '@nestjs/swagger';
import { Choice } from '../platform/http/fields.js';
import { STORY_USES, type StoryUse } from '../stories/story.types.js';

export class UsableStoriesQuery {
  @Choice(STORY_USES, { description: 'What they are for. Each use has a consent of its own.' })
  use: StoryUse;
}

export class UsableStory {
  @ApiProperty({
    format: 'uuid',
    description: 'To write down where it was used; it leads to no person’s name.',
  })
  id: string;

  @ApiProperty({ description: 'The edition that the second reader approved.' })
  edition: number;

  @ApiProperty()
  title: string;

  @ApiProperty({ description: 'The anonymised form, as it was approved.' })
  words: string;

  @ApiProperty()
  language: string;

  @ApiProperty({ format: 'date', description: 'The last day on which it may be used for this.' })
  until: string;
}

/** What a reader of a report sees: nothing that leads further, nor when it was told or for how long it may be shown. */
export class PublishedStory extends PickType(UsableStory, ['title', 'words', 'language'] as const) {}

export class StoriesLeftOut {
  @ApiProperty({ description: 'Approved, and not agreed to for this use, or not any more.' })
  notAgreed: number;

  @ApiProperty({ description: 'Agreed to for this use, and not yet approved by a second reader.' })
  notRead: number;

  @ApiProperty({ description: 'Of people who have died since.' })
  died: number;

  @ApiProperty({ description: 'Withdrawn by the person.' })
  withdrawn: number;
}

export class UsableStoriesView {
  @ApiProperty({ enum: STORY_USES })
  use: StoryUse;

  @ApiProperty({ format: 'date-time' })
  asOf: Date;

  @ApiProperty()
  definition: string;

  @ApiProperty({ type: [UsableStory] })
  stories: UsableStory[];

  @ApiProperty({ type: StoriesLeftOut })
  leftOut: StoriesLeftOut;
}
