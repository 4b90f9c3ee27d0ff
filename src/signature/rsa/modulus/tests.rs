//! Operands that no random number has: every limb as great as two carry passes can leave it. The same value with small
//! limbs must give the same result; sums that overflow trap in this build.
#![expect(clippy::unwrap_used, reason = "a broken fixture must stop the test")]

use super::{Columns, Entries, HALVES, Lanes, Modulus, Number};

/// The limbs, as they are: `count` of them, then zeros.
fn number(blocks: usize, count: usize, limb: impl Fn(usize) -> i16) -> Number {
    let at = |place: Option<usize>| place.filter(|place| *place < count).map_or(0, &limb);
    let entry = |place: Option<usize>| [at(place), at(place.and_then(|place| place.checked_sub(1)))];
    let entries = |first: usize, lower: usize| {
        let lanes: Vec<i16> = (first..first + 4).flat_map(|place| entry(place.checked_sub(lower))).collect();
        Lanes::new16(lanes.try_into().unwrap())
    };
    let row = |first: usize| {
        let lanes: Vec<i16> = (first..first + 8).map(|place| at(Some(place))).collect();
        Lanes::new16(lanes.try_into().unwrap())
    };
    Number {
        rows: (0..blocks).map(|block| row(8 * block)).collect(),
        entries: (0..2 * blocks + 2)
            .map(|group| Entries { near: entries(4 * group, 0), far: entries(4 * group, 2) })
            .collect(),
    }
}

/// The same value, its limbs carried on.
fn carried(number: &Number) -> Number {
    let blocks = number.rows.len();
    let columns: Vec<Lanes> = number
        .rows
        .iter()
        .flat_map(|row| {
            let limbs: Vec<i32> =
                row.lanes().iter().flat_map(|lane| [lane << 16 >> 16, lane >> 16]).collect();
            let group = |from: usize| Lanes::new(limbs.get(from..from + 4).unwrap().try_into().unwrap());
            [group(0).add(HALVES), group(4).add(HALVES)]
        })
        .collect();
    let mut small = Number::zero(blocks);
    small.set(&columns);
    small
}

#[test]
fn the_greatest_limbs_overflow_no_column() {
    let extremes: [fn(usize) -> i16; 5] = [
        |_| 4129,
        |_| -4129,
        |place| if place % 2 == 0 { 4129 } else { -4129 },
        |place| if place % 16 < 8 { 4129 } else { -4129 },
        |place| if place < 80 { -4129 } else { 4129 },
    ];
    for length in [256, 257, 320, 384, 512, 1000, 1024] {
        for byte in [0xff, 0x80, 0x01] {
            let modulus = Modulus::new(&[vec![0xff], vec![byte; length - 2], vec![0xff]].concat());
            // As many as stay below n.
            let count = (8 * length - 1) / 13;
            let mut columns = Columns::new(modulus.blocks());
            let mut product = |x: &Number, y: &Number| {
                let mut x = x.clone();
                modulus.multiply(&mut x, y, &mut columns);
                modulus.least(&x)
            };
            for x in extremes {
                let x = number(modulus.blocks(), count, x);
                let small = carried(&x);
                for y in extremes {
                    let y = number(modulus.blocks(), count, y);
                    assert_eq!(product(&x, &y), product(&small, &carried(&y)), "{length} bytes");
                }
                let expected = product(&small, &small);
                let mut square = x.clone();
                modulus.square(&mut square, &mut Columns::new(modulus.blocks()));
                assert_eq!(modulus.least(&square), expected, "{length} bytes");
            }
        }
    }
}
