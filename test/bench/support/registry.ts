// What clients of a registry send.

import { ask, askOnce } from './graph.ts';
import type { HttpConnection } from './http-connection.ts';

const REGISTER_MODEL = 'mutation Model($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }';
const REGISTER =
  'mutation Register($input: RegisterVersionInput!) { registerVersion(input: $input) { version { id number } } }';
export const PROMOTE = `mutation Promote($input: PromoteVersionInput!) {
  promoteVersion(input: $input) { ... on VersionPromoted { change { from to } archived { to } } } }`;
/** Both in one request: a model's latest version is the one just registered, as long as nobody else registers one. */
const REGISTER_AND_PROMOTE = `mutation Release($version: RegisterVersionInput!, $promotion: PromoteVersionInput!) {
  registerVersion(input: $version) { version { id number } }
  promoteVersion(input: $promotion) { ... on VersionPromoted { change { to } archived { to } } } }`;

export async function registerModels(port: number, names: readonly string[]): Promise<void> {
  for (const name of names) await askOnce(port, REGISTER_MODEL, { input: { name } });
}

/** Registers a version. @returns its number */
export async function register(connection: HttpConnection, model: string): Promise<number> {
  const { registerVersion } = await ask(connection, REGISTER, { input: { model: { name: model } } });
  return registerVersion.version.number;
}

/** Moves a version into production, out of which the one that is there makes way. */
export async function promote(connection: HttpConnection, uri: string, to = 'PRODUCTION'): Promise<void> {
  await ask(connection, PROMOTE, { input: { version: { uri }, to } });
}

export async function registerAndPromote(connection: HttpConnection, model: string, source: string): Promise<void> {
  await ask(connection, REGISTER_AND_PROMOTE, {
    version: { model: { name: model }, source },
    promotion: { version: { uri: `models:/${model}@latest` }, to: 'PRODUCTION' },
  });
}
