//! A moment, given by the caller: the crate itself reads no clock.

/// Seconds since the Unix epoch; finite, not negative, may have a fraction.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct UnixTime(f64);

impl UnixTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0.0);

    /// A moment `seconds` after the epoch, or `None` when that is negative or not finite.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        (seconds.is_finite() && seconds >= 0.0).then_some(Self(seconds))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0
    }

    /// Seconds from `earlier` to this moment; zero when the clock was set back in between.
    #[must_use]
    pub fn since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0).max(0.0)
    }

    /// The moment `seconds` before this one, or the epoch.
    #[must_use]
    pub fn minus(self, seconds: f64) -> Self {
        Self((self.0 - seconds).max(0.0))
    }
}

/// A date of HTTP in one of its three forms (RFC 9110 section 5.6.7). Two digits of a year mean the last one that is not
/// more than 50 years ahead of `now`.
pub fn http_date(text: &str, now: UnixTime) -> Option<UnixTime> {
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    // The separators tell the forms apart: they are checked by putting the words together again.
    let (form, [day, month, year, clock], digits) = match *words.as_slice() {
        [name, day, month, year, clock, "GMT"] if name.len() == 3 => {
            (format!("{name}, {day} {month} {year} {clock} GMT"), [day, month, year, clock], 4)
        }
        [name, day, month, year, clock, "GMT"] => {
            (format!("{name}, {day}-{month}-{year} {clock} GMT"), [day, month, year, clock], 2)
        }
        [name, month, day, clock, year] => {
            (format!("{name} {month} {day:>2} {clock} {year}"), [day, month, year, clock], 4)
        }
        _ => return None,
    };
    if form != text || year.len() != digits {
        return None;
    }
    let month = MONTHS.iter().position(|known| *known == month)?;
    let year = year.parse().ok()?;
    let year = if digits == 2 { year_of(year, now) } else { year };
    let mut parts = clock.split(':').map(|part| part.parse::<u32>().ok().filter(|_| part.len() == 2));
    let time = [parts.next()??, parts.next()??, parts.next()??];
    let end = parts.next().is_none();
    civil(year, u32::try_from(month).ok()? + 1, day.parse().ok()?, time).filter(|_| end)
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn year_of(two_digits: u32, now: UnixTime) -> u32 {
    let this_year = 1970.0 + now.0 / (365.2425 * 86_400.0);
    let in_this_century = 2000 + two_digits;
    if f64::from(in_this_century) > this_year + 50.0 { in_this_century - 100 } else { in_this_century }
}

/// The moment of a date and time in UTC by the civil calendar, days counted from 1 March so that the leap day comes last.
/// `None` for what is no date, or lies before the epoch.
pub fn civil(year: u32, month: u32, day: u32, [hour, minute, second]: [u32; 3]) -> Option<UnixTime> {
    let valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !valid {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    let of_day = hour * 3600 + minute * 60 + second;
    // 719468 days lie between 0000-03-01 and 1970-01-01.
    UnixTime::from_seconds((f64::from(days) - 719_468.0) * 86_400.0 + f64::from(of_day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_headers_have_three_forms() {
        let now = UnixTime(1_700_000_000.0);
        let seconds = |text| http_date(text, now).map(UnixTime::seconds);
        assert_eq!(seconds("Tue, 14 Nov 2023 22:13:20 GMT"), Some(1_700_000_000.0));
        assert_eq!(seconds("Tuesday, 14-Nov-23 22:13:20 GMT"), Some(1_700_000_000.0));
        assert_eq!(seconds("Tue Nov 14 22:13:20 2023"), Some(1_700_000_000.0));
        assert_eq!(seconds("Sun Nov  6 08:49:37 1994"), Some(784_111_777.0));
        assert_eq!(seconds("Sunday, 06-Nov-94 08:49:37 GMT"), Some(784_111_777.0));
        assert_eq!(seconds("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0.0));
        assert_eq!(seconds("Thu, 29 Feb 2024 23:59:60 GMT"), Some(1_709_251_200.0));
        for text in [
            "",
            "now",
            "Tue, 14 Nov 2023 22:13:20",
            "Tue, 14 Nov 2023 22:13 GMT",
            "Tue, 14 Nov 2023 22:13:20:00 GMT",
            "Tue,14 Nov 2023 22:13:20 GMT",
            "14 Nov 2023",
            "Tue, 14 Foo 2023 22:13:20 GMT",
            "Tue, 99 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 99999999999 22:13:20 GMT",
            "Tue, 14 Nov 23 22:13:20 GMT",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
