//! Moments for people.

const SECOND: u64 = 1_000_000_000;

/// A moment in UTC: `2026-03-01 12:34:56 UTC`, from nanoseconds since the Unix epoch.
pub(crate) fn utc(nanoseconds: u64) -> String {
    let seconds = nanoseconds / SECOND;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar (Howard Hinnant's `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
    // Days are counted from 0000-03-01, so that a leap day is the last of its year, and 400 years are a whole era.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// How long ago a moment was, in the largest unit that leaves a number above one.
pub(crate) fn ago(moment: u64, now: u64) -> String {
    let Some(seconds) = now.checked_sub(moment).map(|nanoseconds| nanoseconds / SECOND) else {
        return "in the future".to_owned();
    };
    let units = [(2 * 86_400, 86_400, "days"), (2 * 3600, 3600, "hours"), (120, 60, "minutes"), (2, 1, "seconds")];
    match units.iter().find(|(from, ..)| seconds >= *from) {
        Some((_, length, name)) => format!("{} {name} ago", seconds / length),
        None => "just now".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_calendar() {
        assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(951_782_400 * SECOND), "2000-02-29 00:00:00 UTC");
        assert_eq!(utc(1_234_567_890 * SECOND + 1), "2009-02-13 23:31:30 UTC");
        assert_eq!(utc(4_107_542_399 * SECOND), "2100-02-28 23:59:59 UTC");
        assert_eq!(utc(4_107_542_400 * SECOND), "2100-03-01 00:00:00 UTC");
    }

    #[test]
    fn durations_are_told_in_one_number() {
        let cases = [(0, "just now"), (2, "2 seconds ago"), (119, "119 seconds ago"), (120, "2 minutes ago")];
        for (seconds, words) in cases {
            assert_eq!(ago(7, 7 + seconds * SECOND), words);
        }
        assert_eq!(ago(0, 7200 * SECOND), "2 hours ago");
        assert_eq!(ago(0, 172_800 * SECOND), "2 days ago");
        assert_eq!(ago(1, 0), "in the future");
    }
}
