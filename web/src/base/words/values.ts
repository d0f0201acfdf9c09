// Values of a sentence as the node sends them: data of any shape, read with care.
export type Values = Record<string, unknown> | undefined;

export function textOf(values: Values, name: string): string {
  const value = values?.[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export function numberOf(values: Values, name: string): number {
  const value = values?.[name];
  return typeof value === 'number' ? value : 0;
}
