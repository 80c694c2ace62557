import { hostname, userInfo } from 'node:os';

/** Who runs this command, for the log: the operating system's user name and host. None where the system knows no name. */
export function actorHere(): string | undefined {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A user id without an entry in the system's list, as containers have it.
    return undefined;
  }
}
