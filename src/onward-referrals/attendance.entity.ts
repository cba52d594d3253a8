import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Attendance } from './onward.types.js';

@Entity('attendance')
export class AttendanceFact {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'onward_referral_id', type: 'uuid' })
  onwardReferralId: string;

  @Column({ name: 'session_on', type: 'date' })
  sessionOn: string;

  @Column({ name: 'session_at', type: 'time', nullable: true })
  sessionAt: string | null;

  @Column({ name: 'result', type: 'text' })
  result: Attendance;

  @Column({ name: 'people', type: 'smallint' })
  people: number;

  @Column({ name: 'note', type: 'text', nullable: true })
  note: string | null;

  @Column({ name: 'recorded_by', type: 'uuid', nullable: true })
  recordedBy: string | null;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  recordedAt: Date;
}
