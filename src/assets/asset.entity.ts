import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AssetKind, AssetState, FoundBy, LiveWellDomain } from './asset.types.js';

@Entity('asset')
export class Asset {
  @PrimaryColumn('uuid', { name: 'scheme_id' })
  schemeId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('integer')
  version: number;

  @Column('text')
  name: string;

  @Column('text')
  description: string;

  @Column('text')
  state: AssetState;

  @Column('text')
  kind: AssetKind;

  @Column('text', { array: true })
  domains: LiveWellDomain[];

  @Column('uuid', { name: 'neighbourhood_id', nullable: true })
  neighbourhoodId: string | null;

  @Column('text', { nullable: true })
  community: string | null;

  @Column('boolean', { name: 'takes_referrals' })
  takesReferrals: boolean;

  @Column('text', { name: 'how_to_join', nullable: true })
  howToJoin: string | null;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('text', { nullable: true })
  postcode: string | null;

  @Column('uuid', { name: 'organisation_id', nullable: true })
  organisationId: string | null;

  @Column('uuid', { name: 'listing_id', nullable: true })
  listingId: string | null;

  @Column('text', { name: 'found_by' })
  foundBy: FoundBy;

  @Column('date', { name: 'found_on' })
  foundOn: string;

  @Column('date', { name: 'confirmed_on', nullable: true })
  confirmedOn: string | null;

  @Column('text', { nullable: true })
  source: string | null;

  @Column('text', { name: 'source_id', nullable: true })
  sourceId: string | null;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
