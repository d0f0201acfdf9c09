import type { Action } from '../../base/actions';

export const actions: readonly Action[] = [];
