/**
 * Property tests draw the same cases on every run, so that a red run is about the change under test. Other cases:
 * `PROPERTY_SEED=random npm test`, or a number that a failure printed.
 */
import fc from 'fast-check';

const wanted = process.env.PROPERTY_SEED ?? '20261123';
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
