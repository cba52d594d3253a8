import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccessNeed } from '../platform/words/access.js';
import type { Presence } from '../platform/words/circumstances.js';
import type { Need } from '../platform/words/needs.js';
import type { Cost, ForWhom, ListingState, PlacesKind, Session, Setting } from './listing.types.js';
import type { Level, Limit } from './provider.types.js';

@Entity('listing')
export class Listing {
  @PrimaryColumn('uuid', { name: 'scheme_id' })
  schemeId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('integer')
  version: number;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('text')
  name: string;

  @Column('text')
  description: string;

  @Column('text')
  state: ListingState;

  @Column('text', { array: true })
  needs: Need[];

  @Column('text', { array: true, nullable: true })
  areas: string[] | null;

  @Column('numeric', { name: 'radius_miles', precision: 5, scale: 1, nullable: true })
  radiusMiles: number | null;

  @Column('smallint', { name: 'minimum_age', nullable: true })
  minimumAge: number | null;

  @Column('smallint', { name: 'maximum_age', nullable: true })
  maximumAge: number | null;

  @Column('text', { name: 'eligibility_note', nullable: true })
  eligibilityNote: string | null;

  @Column('text', { name: 'for_whom' })
  forWhom: ForWhom;

  @Column('text', { array: true })
  excludes: Limit[];

  @Column('text', { array: true })
  present: Presence[];

  @Column('text')
  level: Level;

  @Column('text', { nullable: true })
  setting: Setting | null;

  @Column('jsonb')
  schedule: Session[];

  @Column('text', { array: true })
  languages: string[];

  @Column('text', { array: true })
  access: AccessNeed[];

  @Column('text', { nullable: true })
  cost: Cost | null;

  @Column('text', { name: 'cost_note', nullable: true })
  costNote: string | null;

  @Column('text', { name: 'how_to_join', nullable: true })
  howToJoin: string | null;

  @Column('boolean', { name: 'volunteer_role' })
  volunteerRole: boolean;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('text', { nullable: true })
  postcode: string | null;

  @Column('double precision', { nullable: true })
  latitude: number | null;

  @Column('double precision', { nullable: true })
  longitude: number | null;

  @Column('boolean', { name: 'withhold_location' })
  withholdLocation: boolean;

  @Column('boolean')
  publishable: boolean;

  @Column('text', { name: 'places_kind' })
  placesKind: PlacesKind;

  @Column('integer', { name: 'places_total', nullable: true })
  placesTotal: number | null;

  @Column('integer', { name: 'places_taken' })
  placesTaken: number;

  @Column('boolean', { name: 'places_by_period' })
  placesByPeriod: boolean;

  @Column('integer', { name: 'places_otherwise', nullable: true })
  placesOtherwise: number | null;

  @Column('date', { name: 'places_confirmed_on', nullable: true })
  placesConfirmedOn: string | null;

  @Column('date', { name: 'full_until', nullable: true })
  fullUntil: string | null;

  @Column('date', { name: 'confirmed_on', nullable: true })
  confirmedOn: string | null;

  @Column('date', { name: 'published_on', nullable: true })
  publishedOn: string | null;

  @Column('text', { nullable: true })
  source: string | null;

  @Column('text', { name: 'source_id', nullable: true })
  sourceId: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
