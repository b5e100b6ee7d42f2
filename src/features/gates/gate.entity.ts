// A promotion gate: what a version must fulfil to enter a stage of its model. A removed one stays as a tombstone.

import { Field, ObjectType } from 'type-graphql';
import { Entity, Index } from 'typeorm';
import { Node } from '../../core/pagination.ts';
import {
  Flag,
  GeneratedKey,
  Instant,
  OptionalDouble,
  OptionalInstant,
  OptionalText,
  Reference,
  Text,
} from '../../database/columns.ts';
import { Stage } from '../models/stage.types.ts';
import { Tag } from '../tags/tag.types.ts';
import { describeGate, type GateCondition } from './gate.wording.ts';
import { type Comparison, MetricGate } from './metric-gate.types.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'What a version must fulfil to be promoted to a stage: exactly one of `metric`, `requiredTag` and `requiredPriorStage`. All gates of the stage must hold. A removed gate is found as a `node` still.',
})
@Entity('promotion_gates')
@Index('promotion_gates_model', ['modelPk', 'createdAt'])
export class PromotionGate extends Node implements GateCondition {
  @GeneratedKey() override pk!: number;
  @Reference() modelPk!: number;

  @Field(() => Stage, { description: 'The stage that it guards.' })
  @Text(20)
  stage!: Stage;

  @OptionalText(250) metricKey!: string | null;
  @OptionalText(10) comparison!: Comparison | null;
  @OptionalDouble() threshold!: number | null;
  @Flag() isRelative!: number;
  @OptionalText(250) tagKey!: string | null;
  @OptionalText(8000) tagValue!: string | null;

  @Field(() => Stage, { nullable: true, description: 'A stage that the version must have been in at any time before.' })
  @OptionalText(20)
  requiredPriorStage!: Stage | null;

  @Instant() createdAt!: number;
  /** Set on a tombstone. */
  @OptionalInstant() removedAt!: number | null;

  @Field(() => String, { description: 'One sentence that says what it asks.' })
  get description(): string {
    return describeGate(this, this.stage);
  }

  @Field(() => MetricGate, { nullable: true, description: 'What it asks of a metric.' })
  get metric(): MetricGate | null {
    if (this.metricKey === null || this.comparison === null) return null;
    return new MetricGate(this.metricKey, this.comparison, this.threshold, this.isRelative === 1);
  }

  @Field(() => Tag, { nullable: true, description: 'A tag that the version must have, with this value.' })
  get requiredTag(): Tag | null {
    return this.tagKey === null || this.tagValue === null ? null : new Tag(this.tagKey, this.tagValue);
  }

  static from(row: object): PromotionGate {
    return Object.assign(new PromotionGate(), row);
  }
}
