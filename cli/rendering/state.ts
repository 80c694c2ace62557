import type { ConnectionStatus } from '../../contract/reports.js';
import type { Colours } from '../console/terminal.js';

/** Formats a connection's state, coloured by whether it needs attention. */
export function paintState(state: ConnectionStatus['state'], colours: Colours): string {
  if (state === 'connected') return colours.green(state);
  return state === 'refused' ? colours.red('PAUSED: keys refused') : colours.yellow(state);
}
