//! Who measures what now: connectors, confirmed lists and portals that count, as the store has them.
//!
//! Whoever sets up a second source of a number is refused here with who has it already; the rule is `measure::claim`.

use jiff::civil::Date;
use measure::Connector;
use measure::claim::{self, Claim, Claimant, OF_PORTALS, Taken, indicators, of_list};
use measure::register::Register;
use model::{UnitCode, Units, Validity};
use store::Reader;

use crate::problem::{Answer, Problem};
use crate::state::Ministry;
use crate::words::Message;

/// What a connector measures; one that rests measures nothing.
pub fn of_connector(connector: &Connector) -> Claim {
    Claim {
        by: Claimant::Connector { code: connector.code.clone(), name: connector.name.clone() },
        indicators: connector.indicators.clone(),
        units: connector.units.clone(),
        days: connector.validity,
    }
}

/// What follows from a unit's list while it is said to be whole.
pub fn of_confirmed(register: Register, unit: &UnitCode, days: Validity) -> Claim {
    Claim {
        by: Claimant::List(register),
        indicators: indicators(of_list(register)),
        units: vec![unit.clone()],
        days,
    }
}

/// What follows from the dossiers that a portal counts: all that its back end sends, or what its pages see filed on line.
/// Nothing of one that is only for trying things out.
pub fn of_portal(portal: &measure::Portal) -> Claim {
    let claimed: &[&str] = match portal {
        measure::Portal { is_trial: true, .. } => &[],
        measure::Portal { secret_hash: Some(_), .. } => &OF_PORTALS,
        measure::Portal { pages_see_all_since: Some(_), .. } => &["CDS.HOSO_TT"],
        measure::Portal { .. } => &[],
    };
    Claim {
        by: Claimant::Portal(portal.code.clone()),
        indicators: indicators(claimed),
        units: vec![portal.unit.clone()],
        days: portal.validity,
    }
}

/// What connectors measure.
pub async fn of_connectors(reader: &mut Reader) -> Answer<Vec<Claim>> {
    let kept = reader.connectors(None).await?;
    let working = kept.iter().map(|kept| &kept.connector).filter(|one| !one.is_paused);
    Ok(working.map(of_connector).collect())
}

/// What lists and portals give.
pub async fn of_registers(reader: &mut Reader, ministry: &Ministry) -> Answer<Vec<Claim>> {
    let mut claims = vec![];
    for register in [Register::Services, Register::Systems] {
        for unit in reader.register_units(register).await? {
            let said = reader.register_confirmed(register, &unit).await?;
            if let Some((from, to)) = said.and_then(|said| Some((said.since?, said.until))) {
                let days = Validity { from: Some(from), to };
                claims.push(of_confirmed(register, &unit, days));
            }
        }
    }
    claims.extend(ministry.portals.values().map(of_portal));
    Ok(claims)
}

/// Refuses a source whose numbers another has.
pub fn check(wanted: &Claim, held: &[Claim], ministry: &Ministry, today: Date) -> Answer<()> {
    match claim::taken(wanted, held, &ministry.units, today) {
        None => Ok(()),
        Some(taken) => Err(refusal(&taken, ministry)),
    }
}

fn refusal(taken: &Taken<'_>, ministry: &Ministry) -> Problem {
    let indicator = ministry.catalogue.get(taken.indicator.as_str());
    let unit = ministry.units.get(taken.unit.as_str());
    let code = taken.indicator.to_string();
    let named_vi = indicator.map_or(code.clone(), |one| format!("{} ({code})", one.name_vi));
    let named_en = indicator.map_or(code.clone(), |one| format!("{} ({code})", one.name_en));
    let unit_vi = unit.map_or(taken.unit.to_string(), |unit| unit.name_vi.clone());
    let unit_en = unit.map_or(taken.unit.to_string(), |unit| unit.name_en.clone());
    let (by_vi, by_en) = match &taken.by.by {
        Claimant::Connector { code, name } => {
            (format!("kết nối {name} ({code})"), format!("the connector {name} ({code})"))
        }
        Claimant::List(Register::Services) => (
            "danh mục dịch vụ công đã xác nhận đủ".into(),
            "its confirmed register of services".into(),
        ),
        Claimant::List(Register::Systems) => (
            "danh mục hệ thống thông tin đã xác nhận đủ".into(),
            "its confirmed register of systems".into(),
        ),
        Claimant::List(Register::Exchanges | Register::Platforms) => {
            ("danh mục nền tảng".into(), "its register of platforms".into())
        }
        Claimant::Portal(code) => {
            (format!("hồ sơ do cổng {code} gửi"), format!("the dossiers that portal {code} sends"))
        }
    };
    let day = |day: Option<Date>, lang| day.map(|day| document::period::date(day, lang));
    let from_vi = day(taken.days.from, document::Lang::Vi)
        .map_or(String::new(), |day| format!(" từ ngày {day}"));
    let from_en = day(taken.days.from, document::Lang::En)
        .map_or(String::new(), |day| format!(" from {day} on"));
    Message::said(409, "already_measured", |language| {
        language.pick(
            format!("Chỉ tiêu {named_vi} của {unit_vi}{from_vi} đã được đo bởi {by_vi}. Mỗi số chỉ có một nguồn đo: hãy bớt chỉ tiêu hoặc phạm vi ở đây, hoặc cho nguồn cũ kết thúc vào ngày nguồn mới bắt đầu."),
            format!("{named_en} of {unit_en}{from_en} is measured by {by_en}. A number has one measured source: leave the indicator or the scope out here, or let the old source end on the day on which the new one begins."),
        )
    })
    .into()
}

/// What connectors have, asked of one cell at a time.
pub struct Others<'a> {
    claims: &'a [Claim],
    units: &'a Units,
}

impl<'a> Others<'a> {
    /// Over what connectors measure.
    pub fn new(claims: &'a [Claim], units: &'a Units) -> Others<'a> {
        Others { claims, units }
    }

    /// Whether one of them measures an indicator of a unit for a period that ends on a day.
    pub fn have(&self, indicator: &str, unit: &UnitCode, day: Date) -> bool {
        let unit = self.units.get(unit.as_str());
        unit.is_some_and(|unit| {
            self.claims.iter().any(|claim| {
                claim.days.holds_on(day)
                    && claim.indicators.iter().any(|one| one.as_str() == indicator)
                    && claim::covers(self.units, &claim.units, unit, day)
            })
        })
    }
}
