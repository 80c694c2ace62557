import { apiGeneration } from './api-generation.js';
import { archiveRetention } from './archive-retention.js';
import { archivingOn } from './archiving-on.js';
import { attachmentManagementPolicy } from './attachment-management-policy.js';
import { attachmentSandboxOperating } from './attachment-sandbox-operating.js';
import { auditEvidence } from './audit-evidence.js';
import { blockedSendersPolicy } from './blocked-senders-policy.js';
import { contentExaminationInbound } from './content-examination-inbound.js';
import { contentExaminationOutbound } from './content-examination-outbound.js';
import type { Control } from '../rules/control.js';
import { credentialAge } from './credential-age.js';
import { evidenceFresh } from './evidence-fresh.js';
import { noBroadOverride } from './no-broad-override.js';
import { policyExpiring } from './policy-expiring.js';
import { urlProtectionOperating } from './url-protection-operating.js';
import { urlProtectionPolicy } from './url-protection-policy.js';

/** All controls, in the order in which people read them. */
export const CATALOGUE: readonly Control[] = [
  urlProtectionPolicy,
  urlProtectionOperating,
  attachmentManagementPolicy,
  attachmentSandboxOperating,
  contentExaminationOutbound,
  contentExaminationInbound,
  blockedSendersPolicy,
  noBroadOverride,
  policyExpiring,
  archivingOn,
  archiveRetention,
  auditEvidence,
  evidenceFresh,
  credentialAge,
  apiGeneration,
];

export const controlOf = (id: string): Control | undefined => CATALOGUE.find((control) => control.id === id);
