// The one row that names this registry: the same through every instance and under every address of the database.

import { Entity, PrimaryColumn } from 'typeorm';
import { Text } from './columns.ts';

@Entity('registry_identity')
export class RegistryIdentity {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Text(36) uuid!: string;
}
