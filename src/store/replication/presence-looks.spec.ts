import { beforeEach, describe, expect, it } from 'vitest';
import { ABSENT_MS, PresenceLooks } from './presence-looks.js';

const ME = 1;
const PEER = 2;
const STRANGER = 3;

describe('a replica', () => {
  let looks: PresenceLooks;
  beforeEach(() => {
    looks = new PresenceLooks();
  });

  function see(at: number, ...keys: number[]): void {
    looks.add(at, new Set([ME, ...keys]));
  }

  it('is not gone before anybody has looked', () => {
    expect(looks.isGone(PEER)).toBe(false);
  });

  it('is gone when two looks far enough apart did not see it', () => {
    see(0, PEER);
    see(500);
    expect(looks.isGone(PEER)).toBe(false);
    see(500 + ABSENT_MS - 1);
    expect(looks.isGone(PEER)).toBe(false);
    see(500 + ABSENT_MS);
    expect(looks.isGone(PEER)).toBe(true);
  });

  it('is not gone when it was seen in between, or has come back', () => {
    see(0);
    see(1_000, PEER);
    see(2_000);
    expect(looks.isGone(PEER)).toBe(false);
    see(4_000, PEER);
    expect(looks.isGone(PEER)).toBe(false);
  });

  it('that was never seen is judged in the same way', () => {
    see(0, PEER);
    expect(looks.isGone(STRANGER)).toBe(false);
    see(ABSENT_MS, PEER);
    expect(looks.isGone(STRANGER)).toBe(true);
  });

  it('that said that it leaves is gone with the first look that does not see it', () => {
    see(0, PEER);
    looks.depart(PEER);
    expect(looks.isGone(PEER)).toBe(false);
    see(100);
    expect(looks.isGone(PEER)).toBe(true);
  });

  it('that somebody else said leaves, but is still there, is judged as ever', () => {
    looks.depart(PEER);
    see(0, PEER);
    see(100);
    expect(looks.isGone(PEER)).toBe(false);
  });

  it('of an earlier life is gone at once when nobody was there at the start, but not one that came since', () => {
    see(0);
    looks.beginAlone();
    expect(looks.isGone(STRANGER)).toBe(true);
    see(1_000, PEER);
    see(1_100);
    expect(looks.isGone(PEER)).toBe(false);
  });

  it('is not judged by what was seen before the looker was blind', () => {
    see(0);
    looks.beginAlone();
    see(10_000);
    looks.forget();
    expect(looks.isGone(STRANGER)).toBe(false);
    see(20_000);
    expect(looks.isGone(STRANGER)).toBe(false);
    see(20_000 + ABSENT_MS);
    expect(looks.isGone(STRANGER)).toBe(true);
  });
});
