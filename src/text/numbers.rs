//! Numbers as people say them.

use std::time::Duration;

/// `1 ticket`, `2 tickets`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// An amount of money from millionths: two decimals, four below one.
pub fn money(micros: i64) -> String {
    let amount = micros as f64 / 1e6;
    if micros != 0 && amount.abs() < 1.0 {
        format!("{amount:.4}")
    } else {
        format!("{amount:.2}")
    }
}

/// `40 s`, `6 min`, `1 h 20 min`.
pub fn span(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    if seconds < 90.0 {
        return format!("{seconds:.0} s");
    }
    let minutes = (seconds / 60.0).round() as u64;
    if minutes < 60 {
        format!("{minutes} min")
    } else {
        format!("{} h {} min", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_money_keeps_its_small_change() {
        assert_eq!(counted(1, "ticket", "tickets"), "1 ticket");
        assert_eq!(counted(0, "ticket", "tickets"), "0 tickets");
        assert_eq!(money(2_500_000), "2.50");
        assert_eq!(money(1_234), "0.0012");
        assert_eq!(money(0), "0.00");
    }

    #[test]
    fn times_are_rounded_to_what_matters() {
        let said = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(
            [said(2), said(40), said(89), said(120), said(4800)],
            ["2.0 s", "40 s", "89 s", "2 min", "1 h 20 min"]
        );
    }
}
