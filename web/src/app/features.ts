// The list of features: the only place that knows them all. Adding one is one import and one word here, and its routes
// in router.tsx.
import type { Feature } from '../base/feature';
import { people } from '../features/people';
import { today } from '../features/today';

export const features: readonly Feature[] = [today, people];

export const railEntries = features.flatMap((feature) => feature.rail ?? []);
export const spaceTabs = features.flatMap((feature) => feature.spaceTabs ?? []).toSorted((a, b) => a.order - b.order);
export const actions = features.flatMap((feature) => feature.actions ?? []);
