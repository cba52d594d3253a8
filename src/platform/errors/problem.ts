import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class ProblemField {
  @ApiProperty({ example: 'nhsNumber' })
  field: string;

  @ApiProperty({ example: 'Check the NHS number: the last digit does not match' })
  message: string;
}

/** RFC 9457 problem details, the body of every refusal. */
export class Problem {
  @ApiProperty({ example: 'https://betony.example.org/problems/invalid' })
  type: string;

  @ApiProperty({ example: 'invalid' })
  title: string;

  @ApiProperty({ example: 422 })
  status: number;

  @ApiProperty({ example: 'Check the answers marked below.' })
  detail: string;

  @ApiPropertyOptional({ description: 'The request id to quote when asking for help.' })
  instance?: string;

  @ApiPropertyOptional({ type: [ProblemField] })
  errors?: ProblemField[];

  @ApiPropertyOptional({ description: 'too-many, unavailable: how long to wait, as in Retry-After.' })
  retryAfterSeconds?: number;
}
