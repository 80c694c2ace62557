/** Kinds of text that are checked. To check string literals too, add 'texts'. */
export const CHECKED = ['types', 'functions', 'variables', 'files', 'comments', 'docComments', 'docs'];

/**
 * Exceptions: a phrase, in lower case as the check prints it, in a file, with the reason. The check also fails for an exception that is
 * no longer needed.
 *
 * @type {readonly { path: string, phrase: string, reason: string }[]}
 */
export const ALLOWED = [];

/** Ignored entries: a name at any depth, or a path from the root. */
export const IGNORED = [
  ...['node_modules', 'dist', 'coverage', '.git', '.data', '.tools', 'test/histories'],
  // They hold the rejected phrases themselves.
  ...['scripts/language/rules.mjs', 'test/unit/scripts/find-phrases.test.ts'],
];
