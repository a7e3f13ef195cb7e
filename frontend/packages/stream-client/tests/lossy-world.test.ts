import { describe, expect, test } from 'vitest';
import { Broken, live } from './lossy-world.ts';
import { mutants } from './mutants.ts';

const SEEDS = Number(process.env.SEEDS ?? 40);
const seeds = Array.from({ length: SEEDS }, (_, at) => at + 1);

describe('whatever the network does, every entry is applied once and in order', () => {
  test.each(seeds)('seed %i', (seed) => {
    expect(live(seed).applied).toBeGreaterThan(50);
  });
});

describe('a receiver with a fault is caught', () => {
  test.each(Object.entries(mutants))('%s', (_, mutant) => {
    const caught = seeds.slice(0, 40).filter((seed) => {
      try {
        live(seed, mutant);
        return false;
      } catch (problem) {
        if (problem instanceof Broken) return true;
        throw problem;
      }
    });
    expect(caught.length).toBeGreaterThan(0);
  });
});
