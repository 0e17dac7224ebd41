//! The text of a Word document: its body, as it reads with all changes taken.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{MOST_CELLS, Name, Paper, Piece, Square, Table, WIDEST, one_line};
use crate::workbook::{Content, Unreadable};

/// What is said twice or no longer: the other writing of a drawing, what was moved away or deleted, a field's code.
const LEFT_OUT: [&str; 5] = ["Fallback", "moveFrom", "del", "instrText", "delText"];

/// Reads the body of a document.
pub(super) fn read(bytes: &[u8]) -> Result<Paper, Unreadable> {
    let damaged = |_| Unreadable::Damaged;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut part = archive.by_name("word/document.xml").map_err(damaged)?;
    let mut xml = String::new();
    part.read_to_string(&mut xml).map_err(|_| Unreadable::Damaged)?;
    let mut reader = Reader::from_str(&xml);
    let mut body = Body::default();
    loop {
        match reader.read_event().map_err(|_| Unreadable::Damaged)? {
            Event::Start(tag) => body.open(tag.local_name().as_ref(), &tag, true)?,
            Event::Empty(tag) => {
                body.open(tag.local_name().as_ref(), &tag, false)?;
                body.close(tag.local_name().as_ref(), false)?;
            }
            Event::End(tag) => body.close(tag.local_name().as_ref(), true)?,
            Event::Text(text) => body.say(&text.into_inner()),
            Event::CData(text) => body.say(&text.into_inner()),
            Event::GeneralRef(named) => {
                let known = named.resolve_char_ref().map_err(|_| Unreadable::Damaged)?;
                match known {
                    Some(letter) => body.say(letter.encode_utf8(&mut [0; 4])),
                    None => match resolve_predefined_entity(&named) {
                        Some(text) => body.say(text),
                        None => return Err(Unreadable::Damaged),
                    },
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            // Entities of its own are what bombs are made of.
            Event::DocType(_) => return Err(Unreadable::Damaged),
            Event::Eof => break,
        }
    }
    if body.is_seen && body.depth == 0 {
        Ok(Paper { pieces: body.pieces })
    } else {
        Err(Unreadable::Damaged)
    }
}

/// What was read so far.
#[derive(Default)]
struct Body {
    pieces: Vec<Piece>,
    is_seen: bool,
    /// How many elements are open.
    depth: u32,
    /// The element that is left out, by how deep it stands.
    skipping: Option<u32>,
    /// Within the words of a run.
    is_text: bool,
    words: String,
    /// How many tables are open: one within a cell of another is words of that cell.
    tables: u32,
    count: u32,
    room: usize,
    rows: BTreeMap<u32, BTreeMap<u16, Square>>,
    row: u32,
    column: u16,
    /// Of the cell that is open.
    span: u16,
    continues: bool,
}

impl Body {
    fn open(&mut self, name: &str, tag: &BytesStart, stays_open: bool) -> Result<(), Unreadable> {
        self.depth += u32::from(stays_open);
        if self.skipping.is_some() {
            return Ok(());
        }
        if stays_open && LEFT_OUT.contains(&name) {
            self.skipping = Some(self.depth);
            return Ok(());
        }
        match name {
            "body" => {
                self.is_seen = true;
                self.room = MOST_CELLS;
            }
            "t" => self.is_text = stays_open,
            "tab" | "br" | "cr" => self.words.push(' '),
            "noBreakHyphen" => self.words.push('-'),
            "tbl" => {
                self.tables += u32::from(stays_open);
                if self.tables == 1 {
                    self.rows.clear();
                    self.row = 0;
                }
            }
            "tr" if self.tables == 1 => self.column = 0,
            "gridBefore" if self.tables == 1 => {
                self.column = self.column.saturating_add(number(tag).unwrap_or(0));
            }
            "tc" if self.tables == 1 => {
                self.words.clear();
                (self.span, self.continues) = (1, false);
            }
            "gridSpan" if self.tables == 1 => self.span = number(tag).unwrap_or(1).max(1),
            "vMerge" if self.tables == 1 => {
                self.continues = value(tag).is_none_or(|value| value == "continue");
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, was_open: bool) -> Result<(), Unreadable> {
        let depth = self.depth;
        if was_open {
            self.depth = self.depth.checked_sub(1).ok_or(Unreadable::Damaged)?;
        }
        if let Some(skipping) = self.skipping {
            if was_open && skipping == depth {
                self.skipping = None;
            }
            return Ok(());
        }
        match name {
            "t" => self.is_text = false,
            "p" if self.tables > 0 => self.words.push(' '),
            "p" => {
                let line = one_line(&std::mem::take(&mut self.words));
                if !line.is_empty() {
                    self.spend()?;
                    self.pieces.push(Piece::Line(line));
                }
            }
            "tc" if self.tables == 1 => self.put_cell()?,
            "tr" if self.tables == 1 => self.row += 1,
            "tbl" if was_open => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    self.count += 1;
                    let rows = std::mem::take(&mut self.rows);
                    let name = Name::Number(self.count);
                    self.pieces.push(Piece::Table(Table { name, rows }));
                    self.words.clear();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        if self.is_text && self.skipping.is_none() {
            self.words.push_str(text);
        }
    }

    fn spend(&mut self) -> Result<(), Unreadable> {
        self.room = self.room.checked_sub(1).ok_or(Unreadable::TooLarge)?;
        Ok(())
    }

    fn put_cell(&mut self) -> Result<(), Unreadable> {
        let words = one_line(&std::mem::take(&mut self.words));
        let above = || self.row.checked_sub(1).and_then(|row| self.rows.get(&row));
        let spanned = |column: u16| above().and_then(|row| row.get(&column)).cloned();
        let own = (!words.is_empty())
            .then_some(Square { content: Content::Text(words), is_spanned: false });
        let (first, span) = (self.column, self.span);
        let said = if self.continues { spanned(first) } else { own };
        let is_own = !self.continues;
        self.column = first.saturating_add(span);
        let Some(said) = said else { return Ok(()) };
        for step in 0..span.min(WIDEST as u16) {
            self.spend()?;
            let is_spanned = !(is_own && step == 0);
            let square = Square { is_spanned, ..said.clone() };
            self.rows.entry(self.row).or_default().insert(first.saturating_add(step), square);
        }
        Ok(())
    }
}

/// What an element's `w:val` says.
fn value(tag: &BytesStart) -> Option<String> {
    let mut attributes = tag.attributes();
    let mut all = attributes.with_checks(false).flatten();
    let found = all.find(|one| one.key.local_name().as_ref() == "val")?;
    Some(found.value.into_owned())
}

fn number(tag: &BytesStart) -> Option<u16> {
    value(tag)?.parse().ok()
}
