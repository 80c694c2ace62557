/** Tables of names and paths that a careless look-up or a joined URL misreads. */

/** Names that every object literal inherits. */
export const PROTOTYPE_NAMES: readonly string[] = Object.getOwnPropertyNames(Object.prototype);

/** An object with one own field of any name, as `JSON.parse` makes it: also one of its own called `__proto__`. */
export const ownField = (name: string, value: unknown): object => Object.fromEntries([[name, value]]);

/** Whom a path is written for. */
export interface Hosts {
  /** Host and port that keys belong to. */
  readonly own: string;
  /** Any other host, with or without a port. */
  readonly foreign: string;
}

/** Holds in every path that has user info; may appear in no message. */
export const PASSWORD = 'password-canary-9';

/** Paths that are not the path of a request to the own host: what is wrong, and the text. */
export function hostilePaths({ own, foreign }: Hosts): readonly (readonly [what: string, path: string])[] {
  return [
    ['nothing', ''],
    ['no leading slash', 'api/x'],
    ['own host as user info', `@${foreign}/api/x`],
    ['own host as user name, with a password', `:${PASSWORD}@${foreign}/api/x`],
    ['longer host', `.${foreign}/api/x`],
    ['other port', ':8443/api/x'],
    ['two slashes', `//${foreign}/api/x`],
    ['two slashes and user info', `//user:${PASSWORD}@${foreign}/api/x`],
    ['three slashes', `///${foreign}/api/x`],
    ['two backslashes', String.raw`\\${foreign}\api\x`],
    ['slash and backslash', `/\\${foreign}/api/x`],
    ['backslash and slash', String.raw`\/${foreign}/api/x`],
    ['absolute, https', `https://${foreign}/api/x`],
    ['absolute, http', `http://${foreign}/api/x`],
    ['absolute, upper case', `HTTP://${foreign.toUpperCase()}/api/x`],
    ['absolute, one slash', `http:/${foreign}/api/x`],
    ['absolute, backslashes', String.raw`http:\\${foreign}\api\x`],
    ['absolute, user info', `http://user:${PASSWORD}@${foreign}/api/x`],
    ['absolute, own host as user info', `http://${own}@${foreign}/api/x`],
    ['absolute, own host', `http://${own}/api/x`],
    ['absolute, own host and user info', `http://user:${PASSWORD}@${own}/api/x`],
    ['absolute, own host with a trailing dot', `http://${own.replace(/(?=:|$)/, '.')}/api/x`],
    ['own host with a trailing dot', `//${own.replace(/(?=:|$)/, '.')}/api/x`],
    ['own host, other port', `//${own.replace(/:\d+$/, '')}:1/api/x`],
    ['user info without a host', `user:${PASSWORD}`],
    ['no web address', 'javascript:alert(1)'],
    ['a file', 'file:///etc/passwd'],
    ['dots', '/api/../x'],
    ['dots at the end', '/api/..'],
    ['one dot', '/api/./x'],
    ['encoded dots', '/api/%2e%2e/x'],
    ['encoded dots, upper case', '/api/%2E%2E/x'],
    ['half encoded dots', '/api/.%2e/x'],
    ['dots before two slashes', `/..//${foreign}/api/x`],
    ['query', '/api/x?a=1'],
    ['empty query', '/api/x?'],
    ['fragment', '/api/x#a'],
    ['empty fragment', '/api/x#'],
    ['tab', '/api/\tx'],
    ['tab between slashes', `/\t/${foreign}/api/x`],
    ['newline', '/api/x\n'],
    ['newline before two slashes', `\n//${foreign}/api/x`],
    ['carriage return between slashes', `/\r\n/${foreign}/api/x`],
    ['NUL before two slashes', `\0//${foreign}/api/x`],
    ['space before two slashes', ` //${foreign}/api/x`],
    ['space', '/api/a b'],
    ['backslash', String.raw`/api\x`],
    ['letters beyond ASCII', '/api/ü'],
  ];
}
