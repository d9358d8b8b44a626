//! How many calls may begin within a second: a client that calls in a loop must not take the service from the others.

use std::time::Instant;

use parking_lot::Mutex;

use super::status::Error;

/// Counts the calls of each second.
#[derive(Debug)]
pub struct Rate {
    calls_max: u64,
    began: Instant,
    /// The second that is counted, and its calls.
    counted: Mutex<(u64, u64)>,
}

impl Rate {
    /// Lets so many calls begin in each second.
    #[must_use]
    pub fn new(calls_max: u64) -> Self {
        Self { calls_max, began: Instant::now(), counted: Mutex::new((0, 0)) }
    }

    /// Lets a call begin.
    ///
    /// # Errors
    /// [`Error::TooFast`] where this second's calls have begun.
    pub fn admit(&self) -> Result<(), Error> {
        self.admit_in(self.began.elapsed().as_secs())
    }

    fn admit_in(&self, second: u64) -> Result<(), Error> {
        let mut counted = self.counted.lock();
        if counted.0 != second {
            *counted = (second, 0);
        }
        if counted.1 >= self.calls_max {
            return Err(Error::TooFast { limit: self.calls_max });
        }
        counted.1 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_has_its_calls() {
        let rate = Rate::new(2);
        let admitted = [0, 0, 0, 1, 1, 1, 7].map(|second| rate.admit_in(second).is_ok());
        assert_eq!(admitted, [true, true, false, true, true, false, true]);
    }
}
