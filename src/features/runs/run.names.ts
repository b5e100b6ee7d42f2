// Readable names for runs that were started without one, such as `patient-heron-417`.

import { randomInt } from 'node:crypto';

const ADJECTIVES = (
  'able agile amber ample ancient apt azure balmy bold brave breezy bright brisk calm candid careful cheerful ' +
  'clear clever cobalt cool copper coral cosmic crisp curious daring dapper deep deft eager early earnest easy ' +
  'even fair fast fearless fine fluent fond frank fresh gentle glad golden grand handy happy hardy honest humble ' +
  'jolly keen kind lively loyal lucid lucky lunar mellow merry mild mindful modest neat nimble noble patient placid ' +
  'plucky polished prime proud quick quiet rapid ready rustic serene sharp shiny silent silver sincere smooth solar ' +
  'sound spry steady stellar still sturdy subtle sunny swift tidy tranquil true upbeat vast vivid warm wise witty'
).split(' ');

const NOUNS = (
  'acorn alder anchor ant aspen badger bay beaver beech birch bison brook canyon cedar cliff cloud clover comet ' +
  'condor coral cove crane creek cricket delta dolphin dove dune eagle ember falcon fern finch fjord forest fox ' +
  'gecko geyser glacier glade grove gull harbor hare harp hawk hazel heron hill ibex iris island ivy jay juniper ' +
  'kestrel kite lagoon lake lantern larch lark laurel lily linden lotus lynx magpie maple marten meadow mesa meteor ' +
  'moon moss newt oak ocean orca orchid otter owl panda pebble pelican pine planet plover pond puffin quail raven ' +
  'reef ridge river robin rowan sail salmon seal shore sparrow spruce stork stream summit swan thrush tiger tulip ' +
  'valley walnut whale willow wren yak zebra'
).split(' ');

const NUMBERS = 1_000;

/** An adjective, a noun and a number; random, and not necessarily unique. */
export function randomRunName(): string {
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${randomInt(NUMBERS)}`;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] as string;
}
