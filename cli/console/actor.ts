import { hostname, userInfo } from 'node:os';

/**
 * Returns the user of this command, for the log: user name and host of the operating system; undefined when the system
 * has no name.
 */
export function actorHere(): string | undefined {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // The user id has no entry in the system's list, as in containers.
    return undefined;
  }
}
