// Loaded before a program: its wall clock is set back by an hour, again and again, as on a machine whose time is wrong.
const now = Date.now;
const HOUR_MS = 3_600_000;
const EVERY = 300;
let asked = 0;
let behindMs = 0;
Date.now = () => {
  asked += 1;
  if (asked % EVERY === 0) behindMs = behindMs === 0 ? HOUR_MS : behindMs + HOUR_MS;
  return now() - behindMs;
};
