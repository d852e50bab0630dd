//! How often somebody may try to sign in: a leaking bucket per name and per address.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Names and addresses that are remembered, at most; beyond that the emptiest are forgotten.
const KEYS_MAX: usize = 100_000;

/// Counts failed attempts.
#[derive(Debug)]
pub struct Limiter {
    /// Attempts that may follow each other at once.
    burst: f64,
    /// Time in which one more attempt is allowed.
    refill: Duration,
    seen: Mutex<HashMap<String, (f64, Instant)>>,
}

impl Limiter {
    /// `burst` attempts at once, then one per `refill`.
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self { burst: f64::from(burst), refill, seen: Mutex::default() }
    }

    /// Takes an attempt for every key.
    ///
    /// # Errors
    /// Seconds to wait when one of them has none left; none is taken then.
    pub fn take(&self, keys: &[String], now: Instant) -> Result<(), u64> {
        let Ok(mut seen) = self.seen.lock() else { return Err(1) };
        let level = |seen: &HashMap<String, (f64, Instant)>, key: &String| {
            seen.get(key).map_or(0.0, |(level, at)| self.leaked(*level, *at, now))
        };
        let fullest = keys.iter().map(|key| level(&seen, key)).fold(0.0, f64::max);
        if fullest + 1.0 > self.burst {
            let wait = (fullest + 1.0 - self.burst) * self.refill.as_secs_f64();
            return Err(wait.ceil().max(1.0) as u64);
        }
        for key in keys {
            let filled = level(&seen, key) + 1.0;
            seen.insert(key.clone(), (filled, now));
        }
        if seen.len() > KEYS_MAX {
            seen.retain(|_, (level, at)| self.leaked(*level, *at, now) > 0.0);
        }
        Ok(())
    }

    /// Forgets the attempts of a key, since one of them was right.
    pub fn forgive(&self, key: &str) {
        if let Ok(mut seen) = self.seen.lock() {
            seen.remove(key);
        }
    }

    /// Gives an attempt of a key back, since it was right.
    pub fn give_back(&self, key: &str) {
        if let Ok(mut seen) = self.seen.lock()
            && let Some((level, _)) = seen.get_mut(key)
        {
            *level = (*level - 1.0).max(0.0);
        }
    }

    fn leaked(&self, level: f64, at: Instant, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(at).as_secs_f64();
        (level - passed / self.refill.as_secs_f64()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Limiter;

    #[test]
    fn attempts_run_out_and_come_back() {
        let limiter = Limiter::new(3, Duration::from_secs(10));
        let (now, keys) = (Instant::now(), ["ana".to_owned(), "10.0.0.1".to_owned()]);
        for _ in 0..3 {
            limiter.take(&keys, now).unwrap();
        }
        assert_eq!(limiter.take(&keys, now), Err(10));
        assert_eq!(limiter.take(&["10.0.0.1".to_owned()], now), Err(10), "the address is counted, too");
        limiter.take(&["ben".to_owned()], now).unwrap();
        limiter.take(&keys, now + Duration::from_secs(10)).unwrap();
    }
}
