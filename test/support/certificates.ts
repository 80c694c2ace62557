import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files of a certificate and its private key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority in a folder. */
export interface Authority {
  /** File with its certificate, as PEM. */
  readonly cert: string;
  /** Issues a certificate for a name: of a server, or of a client. */
  issue(name: string): Promise<Certificate>;
}

/** Creates a certificate authority with OpenSSL. */
export async function createAuthority(folder: string, name = 'ca'): Promise<Authority> {
  const ca = filesOf(folder, name);
  await openssl(['req', '-x509', ...NEW_KEY, '-subj', `/CN=${name}`, '-days', '2', '-keyout', ca.key, '-out', ca.cert]);
  return {
    cert: ca.cert,
    async issue(host) {
      const issued = filesOf(folder, `${name}-${host}`);
      const request = join(folder, `${name}-${host}.csr`);
      const extensions = join(folder, `${name}-${host}.ext`);
      await writeFile(extensions, `subjectAltName=DNS:${host}\n`);
      await openssl(['req', ...NEW_KEY, '-subj', `/CN=${host}`, '-keyout', issued.key, '-out', request]);
      const signer = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '2', '-extfile', extensions];
      await openssl(['x509', '-req', '-in', request, ...signer, '-out', issued.cert]);
      return issued;
    },
  };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const filesOf = (folder: string, name: string): Certificate => ({
  cert: join(folder, `${name}.crt`),
  key: join(folder, `${name}.key`),
});

const openssl = (args: readonly string[]): Promise<unknown> => run('openssl', args);
