import type { Requirement } from '../../model/verdicts.js';

/**
 * Requirements that the controls support, with the titles of the frameworks. Sources: NIST SP 800-53 revision 5,
 * ISO/IEC 27001:2022 Annex A, CIS Controls 8.1.
 */

const requirement = (id: string, title: string): Requirement => ({ id, title });

export const NIST = {
  informationFlow: requirement('AC-4', 'Information Flow Enforcement'),
  auditRetention: requirement('AU-11', 'Audit Record Retention'),
  auditGeneration: requirement('AU-12', 'Audit Record Generation'),
  monitoring: requirement('CA-7', 'Continuous Monitoring'),
  configuration: requirement('CM-6', 'Configuration Settings'),
  authenticators: requirement('IA-5', 'Authenticator Management'),
  detonation: requirement('SC-44', 'Detonation Chambers'),
  exfiltration: requirement('SC-7(10)', 'Prevent Exfiltration'),
  retention: requirement('SI-12', 'Information Management and Retention'),
  maliciousCode: requirement('SI-3', 'Malicious Code Protection'),
  traffic: requirement('SI-4(4)', 'Inbound and Outbound Communications Traffic'),
  spam: requirement('SI-8', 'Spam Protection'),
} as const;

export const ISO = {
  transfer: requirement('A.5.14', 'Information transfer'),
  authentication: requirement('A.5.17', 'Authentication information'),
  records: requirement('A.5.33', 'Protection of records'),
  malware: requirement('A.8.7', 'Protection against malware'),
  configuration: requirement('A.8.9', 'Configuration management'),
  leakage: requirement('A.8.12', 'Data leakage prevention'),
  logging: requirement('A.8.15', 'Logging'),
  monitoring: requirement('A.8.16', 'Monitoring activities'),
  webFiltering: requirement('A.8.23', 'Web filtering'),
} as const;

export const CIS = {
  retention: requirement('3.4', 'Enforce Data Retention'),
  lossPrevention: requirement('3.13', 'Deploy a Data Loss Prevention Solution'),
  configuration: requirement('4.1', 'Establish and Maintain a Secure Configuration Process'),
  providerLogs: requirement('8.12', 'Collect Service Provider Logs'),
  urlFilters: requirement('9.3', 'Maintain and Enforce Network-Based URL Filters'),
  fileTypes: requirement('9.6', 'Block Unnecessary File Types'),
  antiMalware: requirement('9.7', 'Deploy and Maintain Email Server Anti-Malware Protections'),
} as const;
