use expect_test::{Expect, expect};
use model::answer::{Basis, Coverage};
use model::{Decimal, Qualifier};

use super::*;
use crate::html::tests_support::{answered, indicator, unit};

#[test]
fn a_level_is_told_with_its_growth_and_its_share_of_the_plan() {
    let level = Answered {
        status: Some(Status::Estimated),
        ..answered("TN.DOANHTHU VN 2024-S1 level", "2067389")
    };
    let change = answered("TN.DOANHTHU VN 2024-S1 change_on_year", "27");
    let share = answered("TN.DOANHTHU VN 2024-S1 share_of_plan", "50");
    let beside =
        Beside { change_on_year: Some(&change), share_of_plan: Some(&share), other_source: None };
    check(
        &level,
        beside,
        expect![[r#"
            6 tháng đầu năm 2024, doanh thu toàn ngành TT&TT ước đạt 2.067.389 tỷ đồng, tăng 27% so với cùng kỳ năm trước, đạt 50% kế hoạch năm.
            In the first half of 2024, revenue of the sector was estimated at 2,067,389 VND billion, up 27% on the same period of last year, 50% of the year's plan.
        "#]],
    );
}

#[test]
fn a_figure_of_a_place_names_it_and_says_what_is_missing() {
    let mut partial = answered("TN.DOANHTHU 52 2024-06 level", "1204.5");
    partial.basis = Basis::RolledUp;
    partial.coverage = Coverage { present: 41, expected: 63 };
    check(
        &partial,
        Beside::default(),
        expect![[r#"
            Tháng 6/2024, doanh thu toàn ngành TT&TT của tỉnh Bình Định đạt 1.204,5 tỷ đồng (41/63 tỉnh đã có số liệu).
            In June 2024, revenue of the sector in Bình Định was 1,204.5 VND billion (41 of 63 provinces have figures).
        "#]],
    );
}

#[test]
fn each_measure_has_its_sentence() {
    let rows = [
        ("TN.DOANHTHU VN 2024-S1 change_on_year", "-3.2"),
        ("TN.DOANHTHU VN 2024-06 change_on_period", "1.5"),
        ("TN.DOANHTHU VN 2020-05 change_on:2020-04", "0"),
        ("TN.DOANHTHU VN 2024-S1 share_of_plan", "50"),
        ("TN.DOANHTHU VN 2024-09 ytd", "3100000"),
        ("TN.DOANHTHU VN 2024 plan", "4134778"),
        ("CDS.TYLE @bodies 2020 target", "30"),
        ("CDS.TYLE VN 2020-Q1 points_on:2019-Q4", "0.37"),
        ("CDS.TYLE @bodies 2020-Q1 threshold", "5"),
        ("TN.DOANHTHU 52 2024 rank", "17"),
    ];
    let told = |lang| {
        rows.iter()
            .map(|(cell, value)| {
                format!("{}\n", tell(&answered(cell, value), Beside::default(), lang))
            })
            .collect::<String>()
    };
    expect![[r#"
        6 tháng đầu năm 2024, doanh thu toàn ngành TT&TT giảm 3,2% so với cùng kỳ năm trước.
        Tháng 6/2024, doanh thu toàn ngành TT&TT tăng 1,5% so với tháng 5/2024.
        Tháng 5/2020, doanh thu toàn ngành TT&TT không đổi so với tháng 4/2020.
        6 tháng đầu năm 2024, doanh thu toàn ngành TT&TT đạt 50% kế hoạch năm.
        Lũy kế 9 tháng đầu năm 2024, doanh thu toàn ngành TT&TT đạt 3.100.000 tỷ đồng.
        Kế hoạch năm 2024 về doanh thu toàn ngành TT&TT: 4.134.778 tỷ đồng.
        Mục tiêu đến năm 2020 về tỷ lệ người dân sử dụng DVCTT toàn trình của các bộ, ngành, địa phương: 30%.
        Quý I/2020, tỷ lệ người dân sử dụng DVCTT toàn trình tăng 0,37 điểm % so với quý IV/2019.
        Ngưỡng quý I/2020 về tỷ lệ người dân sử dụng DVCTT toàn trình của các bộ, ngành, địa phương: 5%.
        Năm 2024, tỉnh Bình Định xếp thứ 17 về doanh thu toàn ngành TT&TT.
    "#]]
    .assert_eq(&told(Lang::Vi));
    expect![[r#"
        In the first half of 2024, revenue of the sector was down 3.2% on the same period of last year.
        In June 2024, revenue of the sector was up 1.5% on May 2024.
        In May 2020, revenue of the sector was unchanged on April 2020.
        In the first half of 2024, revenue of the sector was 50% of the year's plan.
        In the first 9 months of 2024, revenue of the sector was 3,100,000 VND billion.
        Plan for 2024, revenue of the sector: 4,134,778 VND billion.
        Target for 2020, share of people using online services of các bộ, ngành, địa phương: 30%.
        In Q1 2020, share of people using online services was up 0.37 points on Q4 2019.
        Threshold for Q1 2020, share of people using online services of các bộ, ngành, địa phương: 5%.
        In 2024, Bình Định ranked 17 by revenue of the sector.
    "#]].assert_eq(&told(Lang::En));
}

#[test]
fn a_month_is_not_confused_with_the_year_so_far() {
    let change = answered("TN.DOANHTHU 52 2024-06 change_on_year", "14.7");
    let share = answered("TN.DOANHTHU 52 2024-06 share_of_plan", "46.1");
    let beside =
        Beside { change_on_year: Some(&change), share_of_plan: Some(&share), other_source: None };
    check(
        &answered("TN.DOANHTHU 52 2024-06 level", "60.8"),
        beside,
        expect![[r#"
        Tháng 6/2024, doanh thu toàn ngành TT&TT của tỉnh Bình Định đạt 60,8 tỷ đồng, tăng 14,7% so với cùng kỳ năm trước, lũy kế từ đầu năm đạt 46,1% kế hoạch năm.
        In June 2024, revenue of the sector in Bình Định was 60.8 VND billion, up 14.7% on the same period of last year, year to date 46.1% of the year's plan.
    "#]],
    );
    check(
        &answered("TN.DOANHTHU 52 2024-06 ytd", "321"),
        beside,
        expect![[r#"
        Lũy kế 6 tháng đầu năm 2024, doanh thu toàn ngành TT&TT của tỉnh Bình Định đạt 321 tỷ đồng, đạt 46,1% kế hoạch năm.
        In the first 6 months of 2024, revenue of the sector in Bình Định was 321 VND billion, 46.1% of the year's plan.
    "#]],
    );
    check(
        &share,
        Beside::default(),
        expect![[r#"
        Lũy kế 6 tháng đầu năm 2024, doanh thu toàn ngành TT&TT của tỉnh Bình Định đạt 46,1% kế hoạch năm.
        In the first 6 months of 2024, revenue of the sector in Bình Định was 46.1% of the year's plan.
    "#]],
    );
}

#[test]
fn a_count_names_what_is_counted_and_the_threshold() {
    let mut count = answered("CDS.TYLE @ministries 2020-Q1 count_ge:30", "4");
    count.of = Some(Decimal::whole(19));
    check(
        &count,
        Beside::default(),
        expect![[r#"
            Quý I/2020, 4/19 bộ, ngành có tỷ lệ người dân sử dụng DVCTT toàn trình từ 30% trở lên.
            In Q1 2020, 4/19 ministries stood at 30% or more: share of people using online services.
        "#]],
    );
}

#[test]
fn reported_and_measured_stand_in_one_sentence_and_nobody_is_judged() {
    let reported = Answered {
        qualifier: Some(Qualifier::Over),
        ..answered("CDS.TYLE @provinces 2024-S1 level", "30")
    };
    let measured = Answered {
        source: Some(Source::Measured),
        ..answered("CDS.TYLE @provinces 2024-S1 level", "17")
    };
    let beside = Beside { other_source: Some(&measured), ..Beside::default() };
    check(
        &reported,
        beside,
        expect![[r#"
        6 tháng đầu năm 2024, tỷ lệ người dân sử dụng DVCTT toàn trình: các tỉnh báo cáo trên 30%, đo trực tuyến đạt 17%.
        In the first half of 2024, share of people using online services: the provinces reported over 30%; measured in the systems it was 17%.
    "#]],
    );
    let turned = Beside { other_source: Some(&reported), ..Beside::default() };
    assert_eq!(tell(&measured, turned, Lang::Vi), tell(&reported, beside, Lang::Vi));
}

#[test]
fn a_gap_says_that_it_is_one() {
    let absent = Answered {
        figure: Figure::Absent(model::Absence::Missing),
        ..answered("TN.DOANHTHU 52 2024-06 level", "0")
    };
    check(
        &absent,
        Beside::default(),
        expect![[r#"
            Tháng 6/2024, doanh thu toàn ngành TT&TT của tỉnh Bình Định: chưa có số liệu.
            In June 2024, revenue of the sector in Bình Định: no figure yet.
        "#]],
    );
}

#[test]
fn nothing_is_called_an_achieved_indicator() {
    for measure in ["level", "share_of_plan", "target", "count_ge:30"] {
        let told = tell(
            &answered(&format!("CDS.TYLE @provinces 2024-S1 {measure}"), "50"),
            Beside::default(),
            Lang::Vi,
        );
        assert!(!told.contains("đạt chỉ tiêu"), "{told}");
    }
}

#[track_caller]
fn check(answered: &Answered, beside: Beside, expected: Expect) {
    let told = Lang::ALL.map(|lang| format!("{}\n", tell(answered, beside, lang)));
    expected.assert_eq(&told.concat());
}

fn tell(answered: &Answered, beside: Beside, lang: Lang) -> String {
    let (indicator, unit) =
        (indicator(answered.cell.indicator.as_str()), unit(answered.cell.unit.as_str()));
    sentence(answered, Subject { indicator: &indicator, unit: &unit }, beside, lang)
}
