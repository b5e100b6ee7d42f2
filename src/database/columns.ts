// Column decorators for the meanings that recur, so that an entity reads as what it holds.

import { Column, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A generated row number. Unsigned, since a cluster hands them out in strides. */
export const GeneratedKey = () => PrimaryGeneratedColumn({ type: 'integer', unsigned: true });
/** A row number of another table, or a part of a composite key. */
export const KeyPart = () => PrimaryColumn({ type: 'integer', unsigned: true });
/** A part of a composite key that outgrows a row number. */
export const LargeKeyPart = () => PrimaryColumn({ type: 'bigint' });
export const Reference = () => Column({ type: 'integer', unsigned: true });
/** A reference that a table got later; 0 until it is filled in. */
export const LaterReference = () => Column({ type: 'integer', unsigned: true, default: 0 });
export const OptionalReference = () => Column({ type: 'integer', unsigned: true, nullable: true });

/** Epoch milliseconds, UTC. */
export const Instant = () => Column({ type: 'bigint' });
export const OptionalInstant = () => Column({ type: 'bigint', nullable: true });

export const Count = () => Column({ type: 'integer' });
/** A count that a table got later, with what rows had by then. */
export const CountFrom = (initial: number) => Column({ type: 'integer', default: initial });
export const LargeCount = () => Column({ type: 'bigint' });
export const Flag = () => Column({ type: 'integer' });
/** 1 while the row is what holds now, NULL afterwards: a unique key over it lets only one row hold at a time. */
export const Holds = () => Column({ type: 'integer', nullable: true });

/** Text compared byte by byte, of at most `length` characters. */
export const Text = (length: number) => Column({ type: 'varchar', length });
export const TextKeyPart = (length: number) => PrimaryColumn({ type: 'varchar', length });
export const OptionalText = (length: number) => Column({ type: 'varchar', length, nullable: true });
/** Text that is stored and shown, and never compared. */
export const LongText = () => Column({ type: 'text' });
export const OptionalLongText = () => Column({ type: 'text', nullable: true });

export const Double = () => Column({ type: 'double' });
export const OptionalDouble = () => Column({ type: 'double', nullable: true });
