//! The same work for many things on all cores: what comes out does not depend on how many there are.

use std::sync::atomic::{AtomicUsize, Ordering};

/// `make(0), make(1), …` up to `count`, in that order. Each is made once, on whichever core is free.
pub fn in_order<T: Send>(count: usize, make: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(count);
    if threads < 2 {
        return (0..count).map(make).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return made;
            }
            made.push((at, make(at)));
        }
    };
    let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(made) => all.extend(made),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_made_once_and_stands_in_order() {
        for count in [0, 1, 2, 3, 1_000] {
            let made = AtomicUsize::new(0);
            let all = in_order(count, |at| {
                made.fetch_add(1, Ordering::Relaxed);
                at * at
            });
            assert_eq!(all, (0..count).map(|at| at * at).collect::<Vec<_>>());
            assert_eq!(made.into_inner(), count);
        }
    }

    #[test]
    #[should_panic(expected = "at 3")]
    fn a_panic_in_one_of_them_is_not_swallowed() {
        in_order(5, |at| assert!(at != 3, "at {at}"));
    }
}
