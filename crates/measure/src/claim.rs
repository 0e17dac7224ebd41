//! Who measures a number: one source for an indicator of a unit on any day.
//!
//! Of two sources that measure the same number the one that spoke last would stand until the other speaks, and nobody
//! could say which is meant. So the second is refused when it is set up, and is told who has the number; it may take
//! over from a day on when the first ends before that day.

use jiff::civil::Date;
use model::{IndicatorCode, Unit, UnitCode, UnitKind, Units, Validity};

use crate::register::Register;
use crate::{ConnectorCode, PortalCode};

/// What a source measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which source.
    pub by: Claimant,
    /// What its numbers are of.
    pub indicators: Vec<IndicatorCode>,
    /// Whose they are, with every unit below them; of a group, its members.
    pub units: Vec<UnitCode>,
    /// Of which periods: those that end on one of these days.
    pub days: Validity,
}

/// A source of measured numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimant {
    /// A connected system.
    Connector {
        /// Which.
        code: ConnectorCode,
        /// What people call it.
        name: String,
    },
    /// A unit's list that was confirmed to be whole.
    List(Register),
    /// The dossiers that a portal counts.
    Portal(PortalCode),
}

/// Somebody else has the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken<'a> {
    /// Who.
    pub by: &'a Claim,
    /// Of what, the first that both claim.
    pub indicator: IndicatorCode,
    /// Of whom, the first that both claim.
    pub unit: UnitCode,
    /// The days on which both would measure it.
    pub days: Validity,
}

/// The indicators that follow from a unit's list once it is confirmed to be whole.
pub fn of_list(register: Register) -> &'static [&'static str] {
    match register {
        Register::Services => &[
            "CDS.DVC",
            "CDS.DVC_MD34",
            "CDS.DVC_MD4",
            "CDS.DVC_DK",
            "CDS.DVC_TT",
            "CDS.DVC_TRUCTUYEN",
            "CDS.DVC_PSHS",
        ],
        Register::Systems => &["ATTT.HT", "ATTT.HT_CAPDO", "ATTT.HT_4LOP"],
        Register::Exchanges | Register::Platforms => &[],
    }
}

/// The indicators that follow from the dossiers that portals count.
pub const OF_PORTALS: [&str; 3] = ["CDS.HOSO", "CDS.HOSO_TT", "CDS.HOSO_DUNGHAN"];

/// Codes as a claim has them.
pub fn indicators(codes: &[&str]) -> Vec<IndicatorCode> {
    let read = |code: &&str| IndicatorCode::parse(code).expect("these codes are of the catalogue");
    codes.iter().map(read).collect()
}

/// Whether a claim holds for a unit on a day.
pub fn covers(units: &Units, claimed: &[UnitCode], unit: &Unit, day: Date) -> bool {
    claimed.iter().any(|one| {
        let is_member = || {
            let group = units.get(one.as_str()).filter(|one| one.kind == UnitKind::Group);
            let mut members =
                group.map_or(vec![], |_| units.children(one.as_str(), day)).into_iter();
            members.any(|member| member.code == unit.code)
        };
        units.lies_in(unit, one.as_str(), day) || is_member()
    })
}

/// Who of these has a number already that is claimed; none of what the claimant has itself.
///
/// `today` says how units lie in one another, unless both claims begin later or end before.
pub fn taken<'a>(
    wanted: &Claim,
    held: &'a [Claim],
    units: &Units,
    today: Date,
) -> Option<Taken<'a>> {
    held.iter().filter(|other| !is_same(&other.by, &wanted.by)).find_map(|other| {
        let days = wanted.days.both(other.days)?;
        let last = days.to.and_then(|to| to.yesterday().ok());
        let day = last.map_or(today, |last| today.min(last)).max(days.from.unwrap_or(Date::MIN));
        let indicator = wanted.indicators.iter().find(|one| other.indicators.contains(one))?;
        let unit = common(wanted, other, units, day)?;
        Some(Taken { by: other, indicator: indicator.clone(), unit, days })
    })
}

/// Two statements of one connector are the same claimant, whatever it was called then.
fn is_same(one: &Claimant, other: &Claimant) -> bool {
    match (one, other) {
        (Claimant::Connector { code, .. }, Claimant::Connector { code: other, .. }) => {
            code == other
        }
        // What follows from lists and from portals is worked out together, once.
        (Claimant::List(_) | Claimant::Portal(_), Claimant::List(_) | Claimant::Portal(_)) => true,
        (Claimant::Connector { .. }, _) | (_, Claimant::Connector { .. }) => false,
    }
}

fn common(one: &Claim, other: &Claim, units: &Units, day: Date) -> Option<UnitCode> {
    // A unit of one that lies in a unit of the other, or a member of a group of one that does.
    let inside = |inner: &Claim, outer: &Claim| {
        inner.units.iter().find_map(|code| {
            let unit = units.get(code.as_str())?;
            let members = match unit.kind == UnitKind::Group {
                true => units.children(code.as_str(), day),
                false => vec![],
            };
            let mut each = std::iter::once(unit).chain(members);
            let found = each.find(|unit| covers(units, &outer.units, unit, day))?;
            Some(found.code.clone())
        })
    };
    inside(one, other).or_else(|| inside(other, one))
}

#[cfg(test)]
mod tests;
