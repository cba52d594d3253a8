import { ApiProperty } from '@nestjs/swagger';

export class NeighbourhoodView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Saltwick and Thornmouth' })
  name: string;

  @ApiProperty({ type: String, nullable: true, description: 'The code of its primary care network.' })
  pcnCode: string | null;

  @ApiProperty({ type: [String], description: 'The LSOAs that belong to it.' })
  lsoas: string[];

  @ApiProperty({ type: [String], description: 'Postcode districts, for where an LSOA is not known.' })
  districts: string[];

  @ApiProperty({ description: 'The file that it was loaded from.' })
  edition: string;

  @ApiProperty({ description: 'Assets of it that are on the map.' })
  assets: number;
}
