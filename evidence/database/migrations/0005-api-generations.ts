/** What moving to another generation of the API needs: which one keys are for, and the base URL that comes with them. */
export const name = '0005-api-generations';

export const up = `
alter table mimecast.credentials
  add column api_version  text not null default '1.0' check (api_version in ('1.0', '2.0')),
  add column base_url     text;
`;
