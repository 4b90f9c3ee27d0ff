//! 128 bits as four lanes of 32 or eight of 16: the operations the RSA arithmetic is written in. WebAssembly has an
//! instruction for each; elsewhere a twin in plain integers does the same, and its sums trap where overflow is checked.

pub(super) use backend::Lanes;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod backend {
    use core::arch::wasm32::{
        i16x8, i16x8_narrow_i32x4, i16x8_shl, i16x8_shuffle, i16x8_splat, i16x8_sub, i32x4, i32x4_add,
        i32x4_dot_i16x8, i32x4_extract_lane, i32x4_shr, i32x4_shuffle, i32x4_splat, v128, v128_and,
        v128_andnot,
    };

    #[derive(Clone, Copy, Debug)]
    pub struct Lanes(v128);

    impl Lanes {
        pub const ZERO: Lanes = Lanes(i32x4(0, 0, 0, 0));

        pub const fn new(lanes: [i32; 4]) -> Lanes {
            let [a, b, c, d] = lanes;
            Lanes(i32x4(a, b, c, d))
        }

        pub const fn new16(lanes: [i16; 8]) -> Lanes {
            let [a, b, c, d, e, f, g, h] = lanes;
            Lanes(i16x8(a, b, c, d, e, f, g, h))
        }

        #[inline(always)]
        pub fn splat(lane: i32) -> Lanes {
            Lanes(i32x4_splat(lane))
        }

        #[inline(always)]
        #[inline(always)]
        pub fn lanes(self) -> [i32; 4] {
            let Lanes(v) = self;
            [
                i32x4_extract_lane::<0>(v),
                i32x4_extract_lane::<1>(v),
                i32x4_extract_lane::<2>(v),
                i32x4_extract_lane::<3>(v),
            ]
        }

        /// Each 32-bit lane in all four places.
        #[inline(always)]
        pub fn spread(self) -> [Lanes; 4] {
            let Lanes(v) = self;
            [
                Lanes(i32x4_shuffle::<0, 0, 0, 0>(v, v)),
                Lanes(i32x4_shuffle::<1, 1, 1, 1>(v, v)),
                Lanes(i32x4_shuffle::<2, 2, 2, 2>(v, v)),
                Lanes(i32x4_shuffle::<3, 3, 3, 3>(v, v)),
            ]
        }

        #[inline(always)]
        pub fn add(self, other: Lanes) -> Lanes {
            Lanes(i32x4_add(self.0, other.0))
        }

        /// In 16-bit lanes.
        #[inline(always)]
        pub fn sub16(self, other: Lanes) -> Lanes {
            Lanes(i16x8_sub(self.0, other.0))
        }

        /// In 16-bit lanes.
        #[inline(always)]
        pub fn double16(self) -> Lanes {
            Lanes(i16x8_shl(self.0, 1))
        }

        /// In each 32-bit lane the sum of the products of its two 16-bit halves.
        #[inline(always)]
        pub fn dot(self, other: Lanes) -> Lanes {
            Lanes(i32x4_dot_i16x8(self.0, other.0))
        }

        #[inline(always)]
        pub fn and(self, mask: Lanes) -> Lanes {
            Lanes(v128_and(self.0, mask.0))
        }

        #[inline(always)]
        pub fn and_not(self, mask: Lanes) -> Lanes {
            Lanes(v128_andnot(self.0, mask.0))
        }

        /// Each 32-bit lane without its low `BITS` bits, rounded down.
        #[inline(always)]
        pub fn shift_right<const BITS: u32>(self) -> Lanes {
            Lanes(i32x4_shr(self.0, BITS))
        }

        /// The 32-bit lanes one place up, with the highest of `below` coming in.
        #[inline(always)]
        pub fn up_one(self, below: Lanes) -> Lanes {
            Lanes(i32x4_shuffle::<3, 4, 5, 6>(below.0, self.0))
        }

        /// The 32-bit lanes two places up, with the two highest of `below` coming in.
        #[inline(always)]
        pub fn up_two(self, below: Lanes) -> Lanes {
            Lanes(i32x4_shuffle::<2, 3, 4, 5>(below.0, self.0))
        }

        /// The 16-bit lanes one place up, with the highest of `below` coming in.
        #[inline(always)]
        pub fn up_one16(self, below: Lanes) -> Lanes {
            Lanes(i16x8_shuffle::<7, 8, 9, 10, 11, 12, 13, 14>(below.0, self.0))
        }

        /// Eight 32-bit lanes, each of which fits into 16 bits.
        #[inline(always)]
        pub fn narrow(low: Lanes, high: Lanes) -> Lanes {
            Lanes(i16x8_narrow_i32x4(low.0, high.0))
        }

        /// The 16-bit lanes of `even` and `odd` in turn.
        #[inline(always)]
        pub fn interleave(even: Lanes, odd: Lanes) -> (Lanes, Lanes) {
            (
                Lanes(i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(even.0, odd.0)),
                Lanes(i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(even.0, odd.0)),
            )
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[expect(
    clippy::as_conversions,
    reason = "a lane is cut to 16 bits or widened from them, as the instructions do"
)]
mod backend {
    use core::array::from_fn;

    #[derive(Clone, Copy, Debug)]
    pub struct Lanes([i32; 4]);

    const fn join(low: i16, high: i16) -> i32 {
        (low as u16 as i32) | ((high as i32) << 16)
    }

    const fn low(lane: i32) -> i16 {
        lane as i16
    }

    const fn high(lane: i32) -> i16 {
        (lane >> 16) as i16
    }

    impl Lanes {
        pub const ZERO: Lanes = Lanes([0; 4]);

        pub const fn new(lanes: [i32; 4]) -> Lanes {
            Lanes(lanes)
        }

        pub const fn new16(lanes: [i16; 8]) -> Lanes {
            let [a, b, c, d, e, f, g, h] = lanes;
            Lanes([join(a, b), join(c, d), join(e, f), join(g, h)])
        }

        #[inline(always)]
        pub fn splat(lane: i32) -> Lanes {
            Lanes([lane; 4])
        }

        #[inline(always)]
        pub fn lanes(self) -> [i32; 4] {
            self.0
        }

        /// Each 32-bit lane in all four places.
        #[inline(always)]
        pub fn spread(self) -> [Lanes; 4] {
            self.0.map(Lanes::splat)
        }

        #[inline(always)]
        fn each(self, other: Lanes, lane: impl Fn(i32, i32) -> i32) -> Lanes {
            let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
            Lanes([lane(a, e), lane(b, f), lane(c, g), lane(d, h)])
        }

        #[inline(always)]
        pub fn add(self, other: Lanes) -> Lanes {
            self.each(other, |a, b| a + b)
        }

        /// In 16-bit lanes.
        #[inline(always)]
        pub fn sub16(self, other: Lanes) -> Lanes {
            self.each(other, |a, b| join(low(a) - low(b), high(a) - high(b)))
        }

        /// In 16-bit lanes.
        #[inline(always)]
        pub fn double16(self) -> Lanes {
            self.each(self, |a, _| join(low(a) + low(a), high(a) + high(a)))
        }

        /// In each 32-bit lane the sum of the products of its two 16-bit halves.
        #[inline(always)]
        pub fn dot(self, other: Lanes) -> Lanes {
            self.each(other, |a, b| {
                i32::from(low(a)) * i32::from(low(b)) + i32::from(high(a)) * i32::from(high(b))
            })
        }

        #[inline(always)]
        pub fn and(self, mask: Lanes) -> Lanes {
            self.each(mask, |a, b| a & b)
        }

        #[inline(always)]
        pub fn and_not(self, mask: Lanes) -> Lanes {
            self.each(mask, |a, b| a & !b)
        }

        /// Each 32-bit lane without its low `BITS` bits, rounded down.
        #[inline(always)]
        pub fn shift_right<const BITS: u32>(self) -> Lanes {
            self.each(self, |a, _| a >> BITS)
        }

        /// The 32-bit lanes one place up, with the highest of `below` coming in.
        #[inline(always)]
        pub fn up_one(self, below: Lanes) -> Lanes {
            let ([_, _, _, d], [e, f, g, _]) = (below.0, self.0);
            Lanes([d, e, f, g])
        }

        /// The 32-bit lanes two places up, with the two highest of `below` coming in.
        #[inline(always)]
        pub fn up_two(self, below: Lanes) -> Lanes {
            let ([_, _, c, d], [e, f, _, _]) = (below.0, self.0);
            Lanes([c, d, e, f])
        }

        /// The 16-bit lanes one place up, with the highest of `below` coming in.
        #[inline(always)]
        pub fn up_one16(self, below: Lanes) -> Lanes {
            self.each(self.up_one(below), |lane, before| join(high(before), low(lane)))
        }

        /// Eight 32-bit lanes, each of which fits into 16 bits.
        #[inline(always)]
        pub fn narrow(lower: Lanes, upper: Lanes) -> Lanes {
            let all = [lower.0, upper.0];
            let lanes = all.as_flattened();
            debug_assert!(lanes.iter().all(|lane| i16::try_from(*lane).is_ok()));
            let at = |index: usize| low(lanes.get(index).copied().unwrap_or_default());
            Lanes(from_fn(|index| join(at(2 * index), at(2 * index + 1))))
        }

        /// The 16-bit lanes of `even` and `odd` in turn.
        #[inline(always)]
        pub fn interleave(even: Lanes, odd: Lanes) -> (Lanes, Lanes) {
            let ([a, b, c, d], [e, f, g, h]) = (even.0, odd.0);
            let pair = |even, odd| [join(low(even), low(odd)), join(high(even), high(odd))];
            let ([i, j], [k, l]) = (pair(a, e), pair(b, f));
            let ([m, n], [o, p]) = (pair(c, g), pair(d, h));
            (Lanes([i, j, k, l]), Lanes([m, n, o, p]))
        }
    }
}
