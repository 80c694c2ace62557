export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly kind: string;
  readonly phrase: string;
  readonly write: string;
}

export declare function findPhrases(path: string, source: string, kinds?: readonly string[]): Finding[];
