import * as z from 'zod/mini';
import { fields, once } from '../../model/schemas.js';
import type { SettingsChange } from '../../model/settings.js';
import { settingsChangeFields } from '../../model/settings-schema.js';
import { actor, nullish } from './fields.js';

const NOTHING = 'There is nothing to change.';

/** A change of settings. */
export const settingsChange = once(
  () =>
    fields({ ...settingsChangeFields(), actor: nullish(actor()) }, { needs: NOTHING }).check(
      z.refine((change) => Object.keys(change).some((name) => name !== 'actor'), { error: NOTHING }),
    ) as unknown as z.ZodMiniType<SettingsChange>,
);
