import { ApiProperty } from '@nestjs/swagger';
import { Email, UkPhone } from '../platform/http/fields.js';

export class VolunteerDataInput {
  @Email({
    optional: true,
    description:
      'In the body, since an address does not belong in a link or a log. This or the number, or both.',
  })
  email?: string;

  @UkPhone({ optional: true, description: 'Where they have no address, or another telephone since.' })
  phone?: string;
}

/** Everything held on somebody who helps in a group. What they answered is named by reference, never by person. */
export class VolunteerData {
  @ApiProperty({ format: 'date-time' })
  asOf: Date;

  @ApiProperty({ description: 'The version of the words about what is kept.' })
  noticeVersion: string;

  @ApiProperty({
    type: [Object],
    description:
      'Groups that name them as whom to write to. Where others read it too, with no name and nothing that was not given; by link, without those.',
  })
  contactFor: object[];

  @ApiProperty({ type: [Object], description: 'Their address, as links are bound to it.' })
  addresses: object[];

  @ApiProperty({ type: [Object], description: 'Links sent to that address, without what opens them.' })
  links: object[];

  @ApiProperty({ type: [Object], description: 'What they answered and did, by link or signed in.' })
  acts: object[];

  @ApiProperty({ type: [Object], description: 'Safety checks that name them.' })
  safetyChecks: object[];

  @ApiProperty({ type: [Object], description: 'The local agreement, signed by them for a group.' })
  agreements: object[];

  @ApiProperty({ type: [Object], description: 'How they sign in.' })
  signIn: object[];

  @ApiProperty({ type: [Object] })
  invitations: object[];

  @ApiProperty({ type: [Object], description: 'Groups they said are theirs.' })
  claims: object[];
}
