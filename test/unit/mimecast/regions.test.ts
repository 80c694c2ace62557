import { describe, expect, test } from 'vitest';
import {
  baseUrlOf,
  apiVersionAt,
  apiVersionProblem,
  MimecastBaseUrlError,
  parseBaseUrl,
  REGIONS,
} from '../../../mimecast/regions.js';

const loopback = [
  'http://127.0.0.1:8080',
  'https://localhost:1',
  'http://[::1]:9',
  'http://127.9.9.9',
  'http://localhost',
];

describe('a base URL', () => {
  test.each(REGIONS)('$host is taken', ({ host }) => {
    expect(parseBaseUrl(`https://${host}`, { allowLoopback: false })).toBe(`https://${host}`);
    expect(parseBaseUrl(`https://${host.toUpperCase()}/`, { allowLoopback: false })).toBe(`https://${host}`);
  });

  test.each([
    '',
    'eu-api.mimecast.com',
    'http://eu-api.mimecast.com',
    'https://eu-api.mimecast.com:8443',
    'https://eu-api.mimecast.com/api',
    'https://eu-api.mimecast.com?x=1',
    'https://eu-api.mimecast.com?',
    'https://eu-api.mimecast.com#',
    'https://eu-api.mimecast.com.',
    'https://eu-api.mimecast.com.example.com',
    'https://example.com/eu-api.mimecast.com',
    'https://eu-api.mimecast.com@example.com',
    'https://user:password-canary@eu-api.mimecast.com',
    'https://uspcom-api.mimecast.com',
    'https://api-mimecast.com',
    ' https://eu-api.mimecast.com',
    'https://eu-api.mime\tcast.com',
    String.raw`https:\\eu-api.mimecast.com`,
    'ftp://eu-api.mimecast.com',
    'https://10.0.0.1',
    'https://127.0.0.1.example.com',
  ])('%j is refused with the known hosts, and not repeated', (text) => {
    const parse = () => parseBaseUrl(text, { allowLoopback: true });
    expect(parse).toThrow(MimecastBaseUrlError);
    expect(parse).toThrow('uspcom-api.mimecast-pscom-us.com');
    expect(parse).not.toThrow('password-canary');
  });

  test.each(loopback)('%s is taken with the sandbox switch alone', (text) => {
    expect(parseBaseUrl(`${text}/`, { allowLoopback: true })).toBe(text);
    expect(() => parseBaseUrl(text, { allowLoopback: false })).toThrow('MIMECAST_ALLOW_LOOPBACK=1');
  });
});

describe('a generation of the API', () => {
  test.each(REGIONS)('has hosts of its own: $host', (region) => {
    const baseUrl = baseUrlOf(region);
    const other = region.apiVersion === '1.0' ? '2.0' : '1.0';
    expect(apiVersionAt(`${baseUrl}/`)).toBe(region.apiVersion);
    expect(apiVersionProblem(baseUrl, region.apiVersion)).toBeUndefined();

    const problem = apiVersionProblem(baseUrl, other);
    expect(problem?.message).toContain(
      `${baseUrl} serves API ${region.apiVersion}, and these are keys of API ${other}.`,
    );
    const fitting = REGIONS.filter(({ apiVersion }) => apiVersion === other).map(baseUrlOf);
    expect(problem?.nextStep).toBe(`Use a base URL of API ${other}: ${fitting.join(', ')}.`);
  });

  test.each(loopback)('may be either on this machine: %s', (baseUrl) => {
    expect(apiVersionAt(baseUrl)).toBeUndefined();
    expect(apiVersionProblem(baseUrl, '1.0')).toBeUndefined();
    expect(apiVersionProblem(baseUrl, '2.0')).toBeUndefined();
  });

  test.each(['', 'no URL', 'https://example.com'])('is unknown elsewhere: %j', (text) => {
    expect(apiVersionAt(text)).toBeUndefined();
  });
});
