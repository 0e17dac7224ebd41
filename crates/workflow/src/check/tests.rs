use super::*;
use crate::fixtures::{cell, cells, code, decimal, indicator, share, template};
use expect_test::{Expect, expect};
use model::indicator::Limits;
use proptest::prelude::*;

/// DT: money in tỷ đồng, one decimal, growth of 30% usual. NS: part of DT. LD: people. HS, HSTT:
/// dossiers and those filed on line, of which TL is the share. TY: a percentage up to 100.
fn catalogue() -> Catalogue {
    let growth =
        |limit| Limits { growth_percent: Some(Decimal::whole(limit)), ..Limits::default() };
    let hundred = Limits { min: None, max: Some(Decimal::whole(100)), growth_percent: None };
    Catalogue::new([
        Indicator { limits: growth(30), ..indicator("DT", "tỷ đồng", 1) },
        Indicator { part_of: Some(code("DT")), ..indicator("NS", "tỷ đồng", 1) },
        indicator("LD", "người", 0),
        indicator("HS", "hồ sơ", 0),
        indicator("HSTT", "hồ sơ", 0),
        share("TL", "HSTT", "HS"),
        Indicator { limits: hundred, ..indicator("TY", "%", 2) },
        Indicator {
            limits: Limits { min: Some(decimal("-5")), ..Limits::default() },
            ..indicator("CL", "điểm", 1)
        },
    ])
}

/// Findings as `cell severity code: sentence`.
fn found(rows: &[&str], written: &str, previous: &str, last_year: &str) -> Vec<Finding> {
    let number = |text: &str| (!text.is_empty()).then(|| decimal(text));
    let known =
        Before { previous: number(previous), last_year: number(last_year), ..Before::default() };
    let (template, catalogue, cells) = (template(rows), catalogue(), cells(written));
    check(&Form {
        template: &template,
        catalogue: &catalogue,
        cells: &cells,
        before: &|_| known.clone(),
    })
}

fn codes(findings: &[Finding]) -> String {
    let one = |finding: &Finding| {
        let place = finding.cell.to_string().replacen("BC/", "", 1);
        format!("{place} {} {}", finding.severity().code(), finding.code())
    };
    findings.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_finding_of_a_form_is_found_at_once() {
    for (rows, written, previous, last_year, expected) in [
        // Nothing to say.
        ("DT", "DT/this=120.5", "110", "100", ""),
        ("DT", "DT/this=120.5", "", "", ""),
        ("DT", "DT/this=none_occurred", "", "", ""),
        // Required, and stated absences.
        ("DT", "", "", "", "DT/this error required"),
        ("DT LD", "", "", "", "DT/this error required; LD/this error required"),
        ("DT", "DT/this=missing", "", "", "DT/this warning absence_of_required"),
        // Scale and range.
        ("LD", "LD/this=12.5", "", "", "LD/this error too_many_decimals"),
        ("LD", "LD/this=12.0", "", "", ""),
        ("LD", "LD/this=-1", "", "", "LD/this error negative"),
        ("CL", "CL/this=-5", "", "", ""),
        ("CL", "CL/this=-5.1", "", "", "CL/this error below_least"),
        ("TY", "TY/this=100.01", "", "", "TY/this error above_greatest"),
        ("TY", "TY/this=100", "", "", ""),
        // Parts, breakdowns, shares.
        ("DT NS", "DT/this=10 NS/this=10.1", "", "", "NS/this error exceeds_whole"),
        ("DT NS", "DT/this=10 NS/this=10", "", "", ""),
        ("DT NS", "NS/this=10", "", "", "DT/this error required"),
        (
            "NS DT",
            "DT/previous=10 NS/previous=11 DT/this=12 NS/this=2",
            "",
            "",
            "NS/previous error exceeds_whole",
        ),
        (
            "LD LD[SEX=F]",
            "LD/this=10 LD[SEX=F]/this=11",
            "",
            "",
            "LD[SEX=F]/this error exceeds_total",
        ),
        ("HS HSTT", "HS/this=13 HSTT/this=16", "", "", "HSTT/this error exceeds_denominator"),
        ("HS HSTT", "HS/this=16 HSTT/this=13", "", "", ""),
        // Growth.
        ("DT", "DT/this=130", "100", "", ""),
        ("DT", "DT/this=130.1", "100", "", "DT/this warning growth_on_period"),
        ("DT", "DT/this=69.9", "100", "", "DT/this warning growth_on_period"),
        (
            "DT",
            "DT/this=140",
            "100",
            "90",
            "DT/this warning growth_on_period; DT/this warning growth_on_year",
        ),
        ("DT", "DT/this=140", "0", "", ""),
        ("LD", "LD/this=200", "100", "", ""),
        // The actual of the period before is the base, and is compared with its estimate.
        ("DT", "DT/this=140 DT/previous=115", "100", "", ""),
        ("DT", "DT/this=140 DT/previous=120.1", "100", "", "DT/previous warning settled_differs"),
        // Another unit of measure; growth is not said again.
        ("DT", "DT/this=120000", "110", "100", "DT/this warning unit_jump"),
        ("DT", "DT/this=120000000", "110", "100", "DT/this error unit_jump"),
        ("DT", "DT/this=120000000000", "110", "100", "DT/this error unit_jump"),
        ("DT", "DT/this=0.1", "110", "100", "DT/this warning unit_jump"),
        ("DT", "DT/this=330000", "110", "", "DT/this warning unit_jump"),
        ("DT", "DT/this=330000.1", "110", "", "DT/this warning growth_on_period"),
        (
            "DT",
            "DT/previous=110000 DT/this=110",
            "110",
            "",
            "DT/previous warning unit_jump; DT/this warning unit_jump",
        ),
        ("TY", "TY/this=50", "0.05", "", ""),
    ] {
        let rows: Vec<&str> = rows.split(' ').collect();
        assert_eq!(
            codes(&found(&rows, written, previous, last_year)),
            expected,
            "{rows:?} {written}"
        );
    }
}

#[test]
fn a_comment_explains_a_warning_and_never_an_error() {
    let (template, catalogue) = (template(&["DT", "LD"]), catalogue());
    let mut cells = cells("DT/this=150 LD/this=1.5");
    for filled in cells.values_mut() {
        filled.comment = "Doanh nghiệp mới nộp bù".to_owned();
    }
    let known = Before { previous: Some(Decimal::whole(100)), ..Before::default() };
    let findings = check(&Form {
        template: &template,
        catalogue: &catalogue,
        cells: &cells,
        before: &|_| known.clone(),
    });
    let explained: Vec<(&str, bool)> =
        findings.iter().map(|finding| (finding.code(), finding.explained)).collect();
    assert_eq!(explained, [("growth_on_period", true), ("too_many_decimals", false)]);
    assert!(block_signing(&findings));
    assert!(!block_signing(&findings[..1]) && is_clean(&findings[..1]) && !is_clean(&findings));
}

#[test]
fn words_in_a_cell_of_numbers_are_found() {
    let (template, catalogue) = (template(&["DT"]), catalogue());
    let words = crate::form::Filled {
        content: crate::form::Content::Text("nhiều".to_owned()),
        comment: String::new(),
    };
    let cells = Cells::from([(cell("BC/DT/this"), words)]);
    let form = Form {
        template: &template,
        catalogue: &catalogue,
        cells: &cells,
        before: &|_| Before::default(),
    };
    assert_eq!(codes(&check(&form)), "DT/this error wrong_kind");
}

fn sentences(rows: &str, written: &str, previous: &str, expected: &Expect) {
    let rows: Vec<&str> = rows.split(' ').collect();
    let findings = found(&rows, written, previous, "");
    let text: String = findings
        .iter()
        .flat_map(|finding| Language::ALL.map(|language| finding.message(language) + "\n"))
        .collect();
    expected.assert_eq(&text);
}

#[test]
fn findings_say_what_happened_and_what_to_do() {
    sentences(
        "DT LD TY CL",
        "LD/this=-1 TY/this=101 CL/this=-6",
        "",
        &expect![[r#"
            Chưa nhập số liệu. Nếu không phát sinh, hãy nhập 0; nếu chưa có, hãy chọn lý do.
            Nothing is entered. If none occurred, enter 0; if there is no figure, choose a reason.
            Số liệu của chỉ tiêu này không thể âm.
            This indicator cannot be negative.
            Số liệu lớn hơn mức cao nhất có thể là 100.
            The figure is above the greatest possible, 100.
            Số liệu nhỏ hơn mức thấp nhất có thể là -5.
            The figure is below the least possible, -5.
        "#]],
    );
    sentences(
        "DT NS LD LD[SEX=F] HS HSTT",
        "DT/this=10 NS/this=11 LD/this=1.5 LD[SEX=F]/this=2 HS/this=3 HSTT/this=4",
        "",
        &expect![[r#"
            Số liệu lớn hơn “Chỉ tiêu DT” (10), trong khi chỉ là một phần của chỉ tiêu đó.
            The figure is above “Indicator DT” (10), of which it is a part.
            Chỉ tiêu này chỉ nhận số nguyên.
            This indicator takes whole numbers only.
            Số liệu của phân tổ lớn hơn tổng số (1,5).
            The figure of the breakdown is above the total (1.5).
            Số liệu lớn hơn “Chỉ tiêu HS” (3), nên tỷ lệ vượt quá 100%.
            The figure is above “Indicator HS” (3), which makes a share of over 100%.
        "#]],
    );
    sentences(
        "DT LD",
        "DT/previous=1200.5 DT/this=3000 LD/this=missing",
        "1000",
        &expect![[r#"
            Số thực hiện chênh 20,1% so với số ước đã gửi (1.000). Hãy giải trình.
            The actual differs by 20.1% from the estimate sent before (1,000). Please explain.
            Tăng 149,9% so với kỳ trước, quá mức 30% thường gặp. Hãy giải trình.
            A rise of 149.9% on the previous period, beyond the usual 30%. Please explain.
            Chỉ tiêu này cần có số liệu. Hãy giải trình vì sao không có.
            A figure is needed here. Please explain why there is none.
        "#]],
    );
    sentences(
        "DT LD",
        "DT/this=1000000000000 LD/this=1",
        "1000",
        &expect![[r#"
            Số này gấp khoảng 1.000.000.000 lần kỳ trước. Chỉ tiêu này tính bằng tỷ đồng; có phải bạn đã nhập bằng đồng?
            This is about 1,000,000,000 times the previous period. The indicator is counted in tỷ đồng (en); please check the unit of measure.
            Số này nhỏ hơn khoảng 1.000 lần kỳ trước. Chỉ tiêu này tính bằng người; có phải bạn đã nhập bằng nghìn người?
            This is about 1/1,000 of the previous period. The indicator is counted in người (en); please check the unit of measure.
        "#]],
    );
}

proptest! {
    #[test]
    fn exactly_is_exactly(a in 0..=999_999_999_999_999_999i64, b in 0..=999_999_999_999_999_999i64, scale in 0..=18u8) {
        let (a, b) = (Decimal::new(a.into(), scale).unwrap(), Decimal::new(b.into(), scale).unwrap());
        let one = Decimal::whole(1);
        prop_assert_eq!(exceeds((a, one), (b, one)), a > b);
        prop_assert_eq!(exceeds((a, b), (b, a)), false, "a product is not above itself");
        prop_assert_eq!(exceeds((a, one), (b, Decimal::whole(10))), a.minus(b).is_some_and(|_| i128::from(a.mantissa()) > i128::from(b.mantissa()) * 10));
    }

    #[test]
    fn a_form_that_repeats_last_month_has_nothing_to_explain(value in 0..1_000_000_000i64) {
        let text = value.to_string();
        prop_assert_eq!(codes(&found(&["DT"], &format!("DT/this={text}"), &text, &text)), "");
    }
}
