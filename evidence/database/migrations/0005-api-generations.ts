/** Columns for a move to another version of the API: the version that keys are for, and their base URL. */
export const name = '0005-api-generations';

export const up = `
alter table mimecast.credentials
  add column api_version  text not null default '1.0' check (api_version in ('1.0', '2.0')),
  add column base_url     text;
`;
