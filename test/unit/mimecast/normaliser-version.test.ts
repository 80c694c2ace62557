import { expect, test } from 'vitest';
import { canonicalJson, sha256 } from '../../../evidence/database/canonical.js';
import { withoutPrivateFields } from '../../../mimecast/account.js';
import { NORMALISER_VERSION } from '../../../mimecast/normaliser-version.js';

/** Every field that Mimecast documents or was seen to answer, with the packages in no order. */
const ACCOUNT = {
  ...{
    accountCode: 'CUK1A1',
    accountName: 'Acme',
    adminEmail: 'a@acme.example',
    adminSessionTimeout: 60,
    archive: true,
  },
  ...{
    automatedSegmentPurge: true,
    contactCode: 'c',
    contactEmail: 'c@acme.example',
    contactName: 'C',
    databaseCode: 'd',
  },
  ...{
    contentAdministratorDefaultView: 'Metadata',
    cybergraphV2Enabled: false,
    domain: 'acme.example',
    exportApi: false,
  },
  ...{ exgestAllowExtraction: true, exgestAllowQuery: false, expressAccount: false, gateway: true, maxRetention: 365 },
  ...{
    maxRetentionConfirmed: true,
    mimecastId: '01-0102-00236',
    minRetentionEnabled: false,
    passphrase: 'open sesame',
  },
  ...{ packages: ['b', 'c', 'a'], policyInheritance: false, region: 'uk', searchReason: false, supportCode: '6747' },
  ...{ telephone: '+44', type: 'full', userCount: 10 },
};

test('the same answer becomes the same body as long as the version is the same', () => {
  const { items, droppedFields } = withoutPrivateFields([ACCOUNT]);
  expect({
    version: NORMALISER_VERSION,
    droppedFields,
    digest: sha256(canonicalJson(items)).toString('hex'),
  }).toEqual({
    version: 1,
    droppedFields: ['adminEmail', 'contactEmail', 'contactName', 'passphrase', 'supportCode', 'telephone'],
    digest: '00de0aef79aafa4a8247f10497178c9fcf06b82a2d3b48e8151b715f64057164',
  });
});
