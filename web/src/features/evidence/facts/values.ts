// The facts of an exhibit as a form holds them, and as the API takes them.
import type { Schemas } from '../../../api/client';
import type { Use } from '../../../base/parts/Handling';
import type { Exhibit, ExhibitType } from '../queries';
import type { How } from '../words';

export interface FactValues {
  title: string;
  description: string;
  /** auto: by what the files are. */
  type: ExhibitType | 'auto';
  how: How | null;
  where: string;
  /** Local time: "2026-11-12 09:14:00"; null where nobody knows. */
  when: string | null;
  by: string;
  authority: string;
  from: string;
  languages: string[];
  protectedPerson: boolean;
  harmful: boolean;
  use: Use;
  note: string;
}

export type Facts = Omit<Schemas['ExhibitNew'], 'uploads'>;

export const noFacts: FactValues = {
  title: '', description: '', type: 'other', how: null, where: '', when: null, by: '', authority: '', from: '', languages: [],
  protectedPerson: false, harmful: false, use: 'evidence', note: '',
};

const two = (number: number) => String(number).padStart(2, '0');

/** The moment on this reader's clock. */
export function localOf(time: string): string {
  const at = new Date(time);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export function momentOf(local: string): string {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = local.split(/\D/).map(Number);
  return new Date(year, month - 1, day, hour, minute, second).toISOString();
}

export function valuesOf(exhibit: Exhibit): FactValues {
  const { obtained, sensitivity, conditions } = exhibit;
  return {
    title: exhibit.title,
    description: exhibit.description,
    type: exhibit.type,
    how: obtained.how,
    where: obtained.where ?? '',
    when: obtained.when ? localOf(obtained.when) : null,
    by: obtained.by ?? '',
    authority: obtained.authority ?? '',
    from: obtained.from ?? '',
    languages: [...exhibit.languages],
    protectedPerson: sensitivity.protected_person,
    harmful: sensitivity.harmful,
    use: conditions.use,
    note: conditions.note ?? '',
  };
}

/** @guess: the kind, where it follows from the files. */
export function factsOf(values: FactValues, guess: ExhibitType = 'other'): Facts {
  return {
    title: values.title.trim(),
    description: values.description.trim(),
    type: values.type === 'auto' ? guess : values.type,
    obtained: {
      how: values.how ?? 'other',
      where: values.where.trim(),
      when: values.when ? momentOf(values.when) : null,
      by: values.by.trim(),
      authority: values.authority.trim(),
      from: values.from.trim(),
    },
    languages: values.languages,
    sensitivity: { protected_person: values.protectedPerson, harmful: values.harmful },
    conditions: { use: values.use, note: values.note.trim() },
  };
}

/** Only what another person would read differently: what was not touched stays as somebody else may have set it. */
export function changesOf(before: FactValues, after: FactValues): Partial<Facts> {
  const was = factsOf(before);
  const is = factsOf(after);
  const keys = Object.keys(is) as (keyof Facts)[];
  return Object.fromEntries(keys.filter((key) => JSON.stringify(is[key]) !== JSON.stringify(was[key])).map((key) => [key, is[key]]));
}
