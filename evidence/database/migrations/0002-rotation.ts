/** Columns for rotations: fingerprints of keys, the reason for rejecting a version, the outcome of the newest rotation. */
export const name = '0002-rotation';

export const up = `
alter table mimecast.credentials
  add column fingerprint  text,
  add column reason       text;

-- one rotation at a time, whoever forgot to reject the one before
create unique index credentials_one_pending on mimecast.credentials (connection_id) where state = 'pending';

-- json, as the settings: kept as it was given
alter table mimecast.connections
  add column last_rotation  json;
`;
