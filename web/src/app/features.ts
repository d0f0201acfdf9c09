// The list of features: the only place that knows them all. Adding one is one import and one word here, and its routes
// in router.tsx.
import type { Feature } from '../base/feature';
import { activity } from '../features/activity';
import { cases } from '../features/cases';
import { exports } from '../features/exports';
import { node } from '../features/node';
import { evidence } from '../features/evidence';
import { people } from '../features/people';
import { reference } from '../features/reference';
import { today } from '../features/today';

export const features: readonly Feature[] = [today, cases, evidence, exports, activity, people, node, reference];

export const railEntries = features.flatMap((feature) => feature.rail ?? []);
export const spaceTabs = features.flatMap((feature) => feature.spaceTabs ?? []).toSorted((a, b) => a.order - b.order);
export const actions = features.flatMap((feature) => feature.actions ?? []);
