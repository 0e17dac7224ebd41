//! The order of Vietnamese names.
//!
//! Byte order puts Đà Nẵng after Yên Bái; ICU's order for `vi` compares letters first, then tones,
//! then case, with the space lowest. The sort key lets a database keep that order in a column.

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale::locale;

static VIETNAMESE: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    Collator::try_new(locale!("vi").into(), CollatorOptions::default())
        .expect("the order of vi is compiled in")
});

/// Compares two names as a Vietnamese list does.
///
/// ```
/// use document::collation::compare;
/// assert!(compare("Đà Nẵng", "Yên Bái").is_lt());
/// ```
pub fn compare(a: &str, b: &str) -> Ordering {
    VIETNAMESE.compare(a, b)
}

/// Bytes whose order is the order of the names.
pub fn sort_key(name: &str) -> Vec<u8> {
    let mut key = Vec::new();
    let Ok(()) = VIETNAMESE.write_sort_key_to(name, &mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_stand_in_the_order_of_the_vietnamese_alphabet() {
        let ordered = [
            "An Giang",
            "Bà Rịa - Vũng Tàu",
            "Bạc Liêu",
            "Bắc Giang",
            "Bắc Kạn",
            "Bắc Ninh",
            "Bến Tre",
            "Bình Dương",
            "Bình Định",
            "Cà Mau",
            "Cao Bằng",
            "Cần Thơ",
            "Đà Nẵng",
            "Đồng Tháp",
            "Hà Giang",
            "Hà Nam",
            "Hà Nội",
            "Hà Tĩnh",
            "Hải Dương",
            "Hải Phòng",
            "Hậu Giang",
            "Yên Bái",
        ];
        for pair in ordered.windows(2) {
            assert!(compare(pair[0], pair[1]).is_lt(), "{pair:?}");
            assert!(sort_key(pair[0]) < sort_key(pair[1]), "{pair:?}");
        }
    }
}
