use super::*;
use proptest::prelude::*;

#[test]
fn working_days_skip_weekends_and_holidays() {
    let holidays = Holidays::of_vietnam();
    for (from, count, expected) in [
        (date(2024, 7, 31), 1, date(2024, 8, 1)),
        (date(2024, 7, 31), 3, date(2024, 8, 5)),
        (date(2024, 2, 7), 1, date(2024, 2, 15)),
        (date(2024, 4, 17), 1, date(2024, 4, 19)),
        (date(2023, 4, 28), 1, date(2023, 5, 4)),
        (date(2024, 8, 30), 1, date(2024, 9, 4)),
        (date(2020, 9, 1), 1, date(2020, 9, 3)),
        (date(2021, 9, 1), 1, date(2021, 9, 6)),
        (date(2030, 4, 29), 1, date(2030, 5, 2)),
        (date(2024, 6, 15), 0, date(2024, 6, 15)),
    ] {
        assert_eq!(holidays.working_days_after(from, count), expected, "{count} after {from}");
    }
}

#[test]
fn every_movable_holiday_is_on_a_day_that_would_be_worked() {
    for (year, days) in MOVABLE {
        for (month, day) in *days {
            let day = date(*year, *month, *day);
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            assert!(!weekend && !FIXED.contains(&(day.month(), day.day())), "{day}");
        }
    }
}

#[test]
fn the_days_that_are_left_are_counted_as_people_count_them() {
    let due = moment_of(date(2024, 8, 8));
    for (now, vi, en) in [
        ("2024-08-05T08:00:00+07:00", "còn 3 ngày đến hạn", "3 days left"),
        ("2024-08-07T23:59:00+07:00", "còn 1 ngày đến hạn", "1 day left"),
        ("2024-08-07T20:00:00Z", "đến hạn hôm nay", "due today"),
        ("2024-08-08T17:00:00+07:00", "đến hạn hôm nay", "due today"),
        ("2024-08-08T17:00:01+07:00", "đã quá hạn hôm nay", "due time passed today"),
        ("2024-08-09T00:00:00+07:00", "quá hạn 1 ngày", "1 day late"),
        ("2024-08-20T00:00:00+07:00", "quá hạn 12 ngày", "12 days late"),
    ] {
        let left = left(due, now.parse().expect("a moment"));
        assert_eq!(
            (left.in_words(Language::Vietnamese), left.in_words(Language::English)),
            (vi.into(), en.into()),
            "{now}"
        );
    }
}

#[test]
fn an_office_can_add_the_days_it_knows_of() {
    let bridge = date(2024, 4, 29);
    assert!(Holidays::of_vietnam().is_working_day(bridge));
    assert!(!Holidays::of_vietnam().with([bridge]).is_working_day(bridge));
}

proptest! {
    #[test]
    fn so_many_working_days_after_lie_so_many_working_days_between(offset in 0..3200i32, count in 1..30u16) {
        let holidays = Holidays::of_vietnam();
        let from = date(2018, 1, 1).checked_add(offset.days()).unwrap();
        let due = holidays.working_days_after(from, count);
        prop_assert!(holidays.is_working_day(due));
        prop_assert_eq!(holidays.working_days_between(from, due), usize::from(count));
    }
}

#[test]
fn a_form_presses_more_the_nearer_its_deadline_is() {
    let holidays = Holidays::of_vietnam();
    // Thursday 8 August 2024.
    let due = moment_of(date(2024, 8, 8));
    for (now, expected) in [
        ("2024-08-02T09:00+07:00", None),
        // Four working days before; a weekend counts for nothing.
        ("2024-08-04T09:00+07:00", None),
        ("2024-08-05T08:00+07:00", Some(Pressing::Soon)),
        ("2024-08-06T23:59+07:00", Some(Pressing::Soon)),
        ("2024-08-07T08:00+07:00", Some(Pressing::Next)),
        ("2024-08-08T17:00+07:00", Some(Pressing::Next)),
        ("2024-08-08T17:00:01+07:00", Some(Pressing::Late)),
        ("2024-09-08T09:00+07:00", Some(Pressing::Late)),
    ] {
        assert_eq!(pressing(due, now.parse().unwrap(), &holidays), expected, "{now}");
    }
    assert!(Some(Pressing::Late) > Some(Pressing::Next) && Some(Pressing::Soon) > None);
}

#[test]
fn nobody_is_disturbed_at_night_on_weekends_and_on_holidays() {
    let holidays = Holidays::of_vietnam();
    for (now, quiet) in [
        ("2024-08-05T06:59+07:00", true),
        ("2024-08-05T07:00+07:00", false),
        ("2024-08-05T17:59+07:00", false),
        ("2024-08-05T18:00+07:00", true),
        ("2024-08-10T10:00+07:00", true),
        ("2024-09-02T10:00+07:00", true),
    ] {
        assert_eq!(is_quiet(now.parse().unwrap(), &holidays), quiet, "{now}");
    }
}

#[test]
fn every_day_off_has_a_name() {
    let holidays = Holidays::of_vietnam();
    for (day, name) in [
        (date(2024, 1, 1), Some("Tết Dương lịch")),
        (date(2023, 1, 2), Some("Nghỉ bù Tết Dương lịch")),
        (date(2023, 1, 20), Some("Tết Nguyên đán")),
        (date(2024, 2, 14), Some("Tết Nguyên đán")),
        (date(2024, 4, 18), Some("Giỗ Tổ Hùng Vương")),
        (date(2023, 5, 3), Some("Nghỉ bù lễ 30/4 và 1/5")),
        (date(2024, 9, 2), Some("Quốc khánh")),
        (date(2024, 9, 3), Some("Nghỉ lễ Quốc khánh")),
        (date(2024, 8, 8), None),
    ] {
        assert_eq!(holidays.name(day).map(|(vi, _)| vi), name, "{day}");
    }
}

#[test]
fn the_digest_goes_out_in_the_first_working_hours_of_a_week() {
    let holidays = Holidays::of_vietnam();
    for (moment, week) in [
        ("2024-08-05T06:59:00+07:00", None),
        ("2024-08-05T08:00:00+07:00", Some(date(2024, 8, 5))),
        ("2024-08-07T10:00:00+07:00", Some(date(2024, 8, 5))),
        ("2024-08-10T10:00:00+07:00", None),
        // 2 and 3 September are holidays: Wednesday is the first working day.
        ("2024-09-02T08:00:00+07:00", None),
        ("2024-09-04T08:00:00+07:00", Some(date(2024, 9, 2))),
    ] {
        let now: Timestamp = moment.parse().unwrap();
        assert_eq!(digest_week(now, &holidays), week, "{moment}");
    }
}
