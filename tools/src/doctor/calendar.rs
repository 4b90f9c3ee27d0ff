//! Dates as text → seconds since the epoch: the `Date` header (RFC 9110 section 5.6.7) and the two forms of X.509
//! (RFC 5280 section 4.1.2.5). Anything else is no date.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Tue, 14 Nov 2023 22:13:20 GMT`.
pub(super) fn http_date(text: &str) -> Option<f64> {
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let day = words.next()?.parse().ok()?;
    let month = words.next().and_then(|name| MONTHS.iter().position(|month| *month == name))?;
    let year = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<u32>().ok());
    let time = [clock.next()??, clock.next()??, clock.next()??];
    if clock.next().is_some() || words.next() != Some("GMT") || words.next().is_some() {
        return None;
    }
    seconds(year, u32::try_from(month).ok()? + 1, day, time)
}

/// `YYMMDDHHMMSSZ` (tag 0x17) or `YYYYMMDDHHMMSSZ` (tag 0x18).
pub(super) fn asn1_time(tag: u8, text: &[u8]) -> Option<f64> {
    let digits = text.strip_suffix(b"Z")?;
    let (year, rest) = match (tag, digits.len()) {
        (0x17, 12) => {
            let year = number(digits.get(..2)?)?;
            (year + if year < 50 { 2000 } else { 1900 }, digits.get(2..)?)
        }
        (0x18, 14) => (number(digits.get(..4)?)?, digits.get(4..)?),
        _ => return None,
    };
    let pair = |at: usize| rest.get(at..at + 2).and_then(number);
    seconds(year, pair(0)?, pair(2)?, [pair(4)?, pair(6)?, pair(8)?])
}

fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

/// Days by the civil calendar, counted from 1 March so that the leap day comes last.
fn seconds(year: u32, month: u32, day: u32, [hour, minute, second]: [u32; 3]) -> Option<f64> {
    let valid = (1600..=9999).contains(&year)
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
    Some((f64::from(days) - 719_468.0) * 86_400.0 + f64::from(of_day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_headers() {
        assert_eq!(http_date("Tue, 14 Nov 2023 22:13:20 GMT"), Some(1_700_000_000.0));
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0.0));
        assert_eq!(http_date("Thu, 29 Feb 2024 23:59:60 GMT"), Some(1_709_251_200.0));
        for text in [
            "",
            "now",
            "Tue, 14 Nov 2023 22:13:20",
            "Tue, 14 Nov 2023 22:13 GMT",
            "14 Nov 2023",
            "Tue, 14 Foo 2023 22:13:20 GMT",
            "Tue, 99 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 99999999999 22:13:20 GMT",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn dates_of_certificates() {
        assert_eq!(asn1_time(0x17, b"231114221320Z"), Some(1_700_000_000.0));
        assert_eq!(asn1_time(0x18, b"20231114221320Z"), Some(1_700_000_000.0));
        assert_eq!(asn1_time(0x17, b"700101000000Z"), Some(0.0));
        assert_eq!(asn1_time(0x18, b"99991231235959Z"), Some(253_402_300_799.0));
        for (tag, text) in [(0x17, &b"2311142213Z"[..]), (0x18, b"231114221320Z"), (0x17, b"23111422132xZ")] {
            assert_eq!(asn1_time(tag, text), None);
        }
    }
}
