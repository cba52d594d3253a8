import { ApiProperty } from '@nestjs/swagger';

export class CalendarFeedView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;
}

export class NewCalendarFeedView extends CalendarFeedView {
  @ApiProperty({
    description: 'For a calendar to subscribe to. Shown this once: whoever has it sees the times.',
  })
  address: string;
}
