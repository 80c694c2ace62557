/** Preloaded with `--import`: moves the wall clock of this process by WALL_CLOCK_OFF_MS. Monotonic time is left alone. */
const offMs = Number(process.env.WALL_CLOCK_OFF_MS);
const Right = globalThis.Date;

globalThis.Date = new Proxy(Right, {
  construct: (target, values, made) =>
    Reflect.construct(
      target,
      values.length === 0 ? [Right.now() + offMs] : values,
      made === globalThis.Date ? target : made,
    ),
  apply: () => new Right(Right.now() + offMs).toString(),
  get: (target, name) => (name === 'now' ? () => Right.now() + offMs : Reflect.get(target, name)),
});
