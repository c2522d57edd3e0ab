/** Imported before all else: sets the wall clock of this process off by CLOCK_OFFSET_MS. */
const offsetMs = Number(process.env.CLOCK_OFFSET_MS ?? 0);
const now = Date.now;
Date.now = () => now() + offsetMs;
