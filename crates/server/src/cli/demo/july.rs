//! July 2024 of the demonstration: forms that were begun, in every state, as if people had done it.
//!
//! The steps go through `workflow::State` as everybody's do; what they state enters the record among
//! the rest of the past, at the moment it was done.

use std::collections::HashMap;

use anyhow::{Context, Result};
use demonstration::{Commit, Entry, Kind, Opened, Step};
use model::{Body, Figure, Observation, Period, PersonId, Source, SubmissionId};
use serde_json::json;
use store::{
    DraftValue, HistoryCommit, NewEvent, NewObservation, Origin, OriginKind, SaveCell, Tx,
};
use workflow::form::{Cells, Content, Filled, statements, withdrawals};
use workflow::section::Reason;
use workflow::{Column, Move, RowKey, Section, State, Template};

/// Puts the forms in place, and answers what signing and returning them stated.
pub(super) async fn open(
    tx: &mut Tx,
    people: &HashMap<String, PersonId>,
) -> Result<Vec<HistoryCommit>> {
    let (templates, bodies) = (demonstration::templates(), demonstration::bodies());
    let mut commits = vec![];
    for opened in demonstration::july_2024() {
        let template = templates.iter().find(|template| template.code == opened.template);
        let body = bodies.iter().find(|body| body.code == opened.body);
        let (template, body) =
            (template.context("a template of the set")?, body.context("a body of the set")?);
        let sections: Vec<_> = template.sections.iter().map(|section| section.id.clone()).collect();
        let (id, _) = tx
            .open_submission(
                &template.code,
                template.version,
                &opened.body,
                opened.period,
                &sections,
            )
            .await?;
        save(tx, id, &opened, people).await?;
        let cells = cells_of(&opened);
        let mut states = vec![State::Draft; template.sections.len()];
        for step in &opened.steps {
            let by = *people.get(&step.by).context("an account of the set")?;
            let mut commit =
                HistoryCommit { recorded_at: step.at, statements: vec![], events: vec![] };
            for (section, state) in template.sections.iter().zip(&mut states) {
                if step.section.as_ref().is_some_and(|only| *only != section.id) {
                    continue;
                }
                *state = moved(state, step, by)?;
                let form = Form { id, template, body, opened: &opened, cells: &cells };
                form.record(section, step, by, &mut commit);
            }
            commits.push(commit);
        }
        let states: Vec<_> = sections.into_iter().zip(states).collect();
        tx.set_states(id, &states).await?;
    }
    Ok(commits)
}

/// The form that a commit of the past was signed with, for the period that has just ended: the
/// administrative July, which everybody has sent and the ministry has closed. Names the form in what was recorded.
pub(super) async fn closed(
    tx: &mut Tx,
    people: &HashMap<String, PersonId>,
    template: &Template,
    commit: &Commit,
    recorded: &mut HistoryCommit,
) -> Result<()> {
    let Kind::Submission { period, .. } = commit.kind else { return Ok(()) };
    let sections: Vec<_> = template.sections.iter().map(|section| section.id.clone()).collect();
    let (id, _) = tx
        .open_submission(&template.code, template.version, &commit.body, period, &sections)
        .await?;
    let signed_by = *people.get(&commit.actor).context("an account of the set")?;
    let cells: Vec<SaveCell> =
        commit.observations.iter().filter_map(|said| cell_of(template, period, said)).collect();
    tx.save_cells(id, signed_by, &cells).await?;
    let by = *people.get("bo.duyet").context("the reviewer of the set")?;
    let state = State::Closed { by, at: commit.recorded_at, signed_by };
    let states: Vec<_> = sections.into_iter().map(|section| (section, state.clone())).collect();
    tx.set_states(id, &states).await?;
    for (origin, _) in &mut recorded.statements {
        origin.submission = Some(id);
    }
    for event in &mut recorded.events {
        event.submission = Some(id);
    }
    Ok(())
}

fn cell_of(template: &Template, period: Period, said: &Observation) -> Option<SaveCell> {
    let asks = |section: &&Section| {
        let rows = section.rows().iter();
        rows.clone()
            .any(|row| row.indicator == said.cell.indicator && row.breakdown == said.cell.breakdown)
    };
    let section = template.sections.iter().find(asks)?;
    let row = RowKey {
        section: section.id.clone(),
        indicator: said.cell.indicator.clone(),
        breakdown: said.cell.breakdown.clone(),
    };
    let column = if said.cell.period == period { Column::This } else { Column::Previous };
    let (cell, value) = (row.cell(column), DraftValue::Figure(said.figure));
    Some(SaveCell { cell, version: 0, value, comment: None })
}

async fn save(
    tx: &mut Tx,
    id: SubmissionId,
    opened: &Opened,
    people: &HashMap<String, PersonId>,
) -> Result<()> {
    let Some(first) = opened.cells.first() else { return Ok(()) };
    let by = *people.get(&first.by).context("an account of the set")?;
    let save = |filled: &demonstration::Filled| SaveCell {
        cell: filled.cell.clone(),
        version: 0,
        value: match &filled.entry {
            Entry::Number(number) => DraftValue::Figure(Figure::Number(*number)),
            Entry::Absent(absence) => DraftValue::Figure(Figure::Absent(*absence)),
            Entry::Text(text) => DraftValue::Text(text.clone()),
        },
        comment: filled.comment.clone(),
    };
    let cells: Vec<SaveCell> = opened.cells.iter().map(save).collect();
    tx.save_cells(id, by, &cells).await?;
    Ok(())
}

fn cells_of(opened: &Opened) -> Cells {
    let content = |entry: &Entry| match entry {
        Entry::Number(number) => Content::Figure(Figure::Number(*number)),
        Entry::Absent(absence) => Content::Figure(Figure::Absent(*absence)),
        Entry::Text(text) => Content::Text(text.clone()),
    };
    let filled = |one: &demonstration::Filled| Filled {
        content: content(&one.entry),
        comment: one.comment.clone().unwrap_or_default(),
    };
    opened.cells.iter().map(|one| (one.cell.clone(), filled(one))).collect()
}

fn moved(state: &State, step: &Step, by: PersonId) -> Result<State> {
    let reason = || Reason::parse(step.reason.unwrap_or_default());
    let at = step.at;
    Ok(match step.step {
        Move::Submit => state.submit(by, at)?,
        Move::Sign => state.sign(by, at)?,
        Move::ReturnToDrafter => state.return_to_drafter(by, at, reason()?)?,
        Move::Receive => state.receive(by, at)?,
        Move::Return => state.return_(by, at, reason()?)?,
        Move::Close => state.close(by, at)?,
        Move::Reopen => state.reopen(by, at, reason()?)?,
        Move::Edit | Move::Correct => state.clone(),
    })
}

struct Form<'a> {
    id: SubmissionId,
    template: &'a Template,
    body: &'a Body,
    opened: &'a Opened,
    cells: &'a Cells,
}

impl Form<'_> {
    /// What a step did to a section, among what the commit states and tells.
    fn record(&self, section: &Section, step: &Step, by: PersonId, commit: &mut HistoryCommit) {
        let period = self.opened.period;
        let stated = match step.step {
            Move::Sign => statements(section, self.cells, &self.body.unit, period, &[]),
            Move::Return => withdrawals(section, self.cells, &self.body.unit, period),
            Move::Edit
            | Move::Submit
            | Move::ReturnToDrafter
            | Move::Receive
            | Move::Close
            | Move::Reopen
            | Move::Correct => vec![],
        };
        let reason = step.reason.map(str::to_owned);
        if !stated.is_empty() {
            let (vi, en) = self.body.name_on(period.end());
            let origin = Origin {
                kind: OriginKind::Submission,
                label_vi: format!("{}, {vi}, {period}", self.template.name_vi),
                label_en: format!("{}, {en}, {period}", self.template.name_en),
                submission: Some(self.id),
                section: Some(section.id.to_string()),
                reason: reason.clone(),
                actor: Some(by),
            };
            let said = stated.into_iter().map(|one| NewObservation {
                synthetic: true,
                words: self
                    .cells
                    .get(&one.from)
                    .map(|filled| filled.comment.clone())
                    .filter(|text| !text.is_empty()),
                ..NewObservation::of(one.cell, one.figure, Source::Reported, one.status)
            });
            commit.statements.push((origin, said.collect()));
        }
        commit.events.push(NewEvent {
            kind: format!("section_{}", step.step.code()),
            actor: Some(by),
            body: Some(self.opened.body.clone()),
            submission: Some(self.id),
            section: Some(section.id.to_string()),
            indicator: None,
            period: Some(period),
            detail: json!({ "reason": reason, "cells": [] }),
        });
    }
}
