import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { decrypted, encrypted } from './encrypted.js';

/** What is kept there. Each purpose has a key of its own, derived from the one of the installation. */
export type VaultPurpose = 'second-factor' | 'oidc' | 'kept-form' | 'page-kept-form';

/** For the few texts that even whoever reads the database or its backups must not learn. */
@Injectable()
export class Vault {
  private readonly keys = new Map<VaultPurpose, Buffer>();

  constructor(private readonly config: Config) {}

  /** `about` is the id of what the text belongs to: elsewhere it does not open. */
  lock(purpose: VaultPurpose, about: string, text: string): string {
    return encrypted(this.key(purpose), about, text);
  }

  /** Null where it was not locked by this installation for this purpose and place. */
  open(purpose: VaultPurpose, about: string, kept: string): string | null {
    return decrypted(this.key(purpose), about, kept);
  }

  private key(purpose: VaultPurpose): Buffer {
    const key =
      this.keys.get(purpose) ?? Buffer.from(hkdfSync('sha256', this.config.dataKey, '', purpose, 32));
    this.keys.set(purpose, key);
    return key;
  }
}
