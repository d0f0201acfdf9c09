/** What is wrong, and where. The code and the place are the contract (section 17); the sentence is made where it is shown. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly feed?: number;
  readonly record?: number;
  readonly byte?: number;
}

export interface Damage extends Place {
  readonly code: string;
}

/** Damages of one phase. A package can be nothing but damage, so the list ends; the count goes on. */
export class Damages {
  static readonly MOST = 1000;
  readonly list: Damage[] = [];
  count = 0;

  add(code: string, place: Place = {}): void {
    this.count++;
    if (this.list.length < Damages.MOST) this.list.push({ code, ...place });
  }

  get none(): boolean {
    return this.count === 0;
  }
}
