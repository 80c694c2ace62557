/** A user's own workflows file. */
export * from '@surecloud/temporal-mimecast/workflows';
