// The tabs a first visit opens with, in their order; their texts lie in tabs/, where the schema checks find them.
import bestRuns from './tabs/best-runs.graphql?raw';
import bestRunsVariables from './tabs/best-runs.json?raw';
import followEvents from './tabs/follow-events.graphql?raw';
import followEventsVariables from './tabs/follow-events.json?raw';
import howItGotThere from './tabs/how-it-got-there.graphql?raw';
import howItGotThereVariables from './tabs/how-it-got-there.json?raw';
import impactOfData from './tabs/impact-of-data.graphql?raw';
import impactOfDataVariables from './tabs/impact-of-data.json?raw';
import modelAndVersions from './tabs/model-and-versions.graphql?raw';
import modelAndVersionsVariables from './tabs/model-and-versions.json?raw';
import promoteVersion from './tabs/promote-version.graphql?raw';
import promoteVersionVariables from './tabs/promote-version.json?raw';
import runAndHistory from './tabs/run-and-history.graphql?raw';
import runAndHistoryVariables from './tabs/run-and-history.json?raw';
import whatItRestsOn from './tabs/what-it-rests-on.graphql?raw';
import whatItRestsOnVariables from './tabs/what-it-rests-on.json?raw';

/** An operation with its variables, both as the text that the editors show. */
export interface DefaultTab {
  /** The name of the operation, which GraphiQL shows as the tab's title. */
  title: string;
  query: string;
  variables: string;
}

function tab(title: string, query: string, variables: string): DefaultTab {
  return { title, query: query.trimEnd(), variables: variables.trimEnd() };
}

export const defaultTabs: readonly DefaultTab[] = [
  tab('ModelAndVersions', modelAndVersions, modelAndVersionsVariables),
  tab('RunAndHistory', runAndHistory, runAndHistoryVariables),
  tab('PromoteVersion', promoteVersion, promoteVersionVariables),
  tab('BestRuns', bestRuns, bestRunsVariables),
  tab('WhatItRestsOn', whatItRestsOn, whatItRestsOnVariables),
  tab('ImpactOfData', impactOfData, impactOfDataVariables),
  tab('HowItGotThere', howItGotThere, howItGotThereVariables),
  tab('FollowEvents', followEvents, followEventsVariables),
];
