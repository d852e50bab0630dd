//! From a planned moment to a row of the exchange table. Any moment can be written on its own.

use vigie_model::{Exchange, Micros};

use super::dice::{Dice, mix, opaque_into};
use super::plan::{Cue, Moment, Plan, Stream, Words};

/// What rows of a world name as their source: the simulator, no gateway.
const SOURCE_KIND: &str = "sim";

/// Keeps buffers between rows.
#[derive(Default)]
pub(crate) struct Pen {
    words: Words,
    row: Exchange,
}

impl Pen {
    /// Writes moment number `index` of the plan.
    pub(crate) fn write(&mut self, plan: &Plan<'_>, moment: &Moment, index: usize) -> &Exchange {
        let stream = &plan.streams[moment.stream as usize];
        let talk = mix(plan.config.seed ^ 0x7A1C, u64::from(moment.talk));
        let event = mix(talk, u64::from(moment.turn));
        let mut dice = Dice::new(event);
        let day = ((moment.at - plan.config.start.0) / Micros::DAY).max(0) as u32;
        self.words.reset();
        let cue = Cue {
            stage: &plan.stage,
            speaker: &stream.speaker,
            talk,
            turn: u32::from(moment.turn),
            item: moment.item,
            day,
            at: moment.at,
        };
        stream.voice.speak(&cue, &mut dice, &mut self.words);
        let row = &mut self.row;
        id(&mut row.event_id, "", mix(plan.config.seed ^ 0xE7E7, index as u64), 22);
        row.timestamp = Micros(moment.at);
        let account = &plan.accounts[stream.account as usize];
        row.account_id.clone_from(&account.account_id);
        row.org_id.clone_from(&account.org_id);
        keys(row, stream, talk, day);
        row.turn = Some(i32::from(moment.turn));
        let address = set(&mut row.client_address);
        let country = stream.origin.address(talk, event, day, address);
        row.country = country.map(str::to_owned);
        text(&mut row.client_address_trust, stream.origin.trust);
        text(&mut row.user_agent, &stream.client.user_agent);
        text(&mut row.ja4, &stream.client.ja4);
        text(&mut row.provider, "lighthouse");
        text(&mut row.operation, "chat");
        text(&mut row.source_kind, SOURCE_KIND);
        model(row, plan, stream, &self.words, moment.at);
        row.stream = Some(stream.params.stream);
        row.temperature = stream.params.temperature;
        row.max_tokens = self.words.max_tokens.or(stream.params.max_tokens);
        row.logprobs = stream.params.logprobs;
        copy(&mut row.system_prompt, self.words.system.as_deref());
        copy(&mut row.tools, self.words.tools.as_deref());
        copy(&mut row.prompt, Some(&self.words.prompt));
        row.end_user_id.clone_from(&self.words.end_user);
        row.end_user_assertion = row.end_user_id.as_ref().map(|_| "unsigned".to_owned());
        outcome(row, &self.words, moment, event, &mut dice);
        row
    }
}

/// The buffer of an optional text, emptied.
fn set(field: &mut Option<String>) -> &mut String {
    let buffer = field.get_or_insert_default();
    buffer.clear();
    buffer
}

fn text(field: &mut Option<String>, value: &str) {
    set(field).push_str(value);
}

fn copy(field: &mut Option<String>, value: Option<&str>) {
    match value {
        Some(value) => text(field, value),
        None => *field = None,
    }
}

fn id(out: &mut String, prefix: &str, value: u64, len: usize) {
    out.clear();
    out.push_str(prefix);
    opaque_into(out, value, len);
}

/// Key or web session, conversation.
fn keys(row: &mut Exchange, stream: &Stream, talk: u64, day: u32) {
    let own = mix(stream.origin.seed, u64::from(stream.account));
    if let Some(period) = day.checked_div(stream.params.key_days) {
        id(set(&mut row.api_key_id), "key_", mix(own, u64::from(period)), 14);
        row.session_id = None;
    } else {
        row.api_key_id = None;
        id(set(&mut row.session_id), "ses_", mix(own ^ 1, u64::from(day)), 14);
    }
    id(set(&mut row.conversation_id), "conv_", talk, 16);
}

fn model(row: &mut Exchange, plan: &Plan<'_>, stream: &Stream, words: &Words, at: i64) {
    let models = &plan.stage.models;
    let newest = plan.stage.newest(at);
    let wanted = if at >= stream.params.adopts { newest } else { stream.params.model.min(newest) };
    let index = words.model.unwrap_or(wanted).min(models.len() - 1);
    text(&mut row.request_model, &models[index].model);
    text(&mut row.response_model, &models[index].model);
}

/// What came back: status, refusal, lengths and times.
fn outcome(row: &mut Exchange, words: &Words, moment: &Moment, event: u64, dice: &mut Dice) {
    let tokens = |text: &Option<String>| text.as_deref().map_or(0, |t| t.len() / 4 + t.len() / 90);
    let fixed = tokens(&row.system_prompt) + tokens(&row.tools);
    let history = usize::from(moment.turn - 1) * (words.answer_tokens as usize + 60);
    row.input_tokens = Some((fixed + history + tokens(&row.prompt) + 5) as i64);
    let cached = if moment.turn > 1 || fixed > 300 { fixed + history } else { 0 };
    row.cached_input_tokens = Some((cached / 64 * 64) as i64);
    let failed = dice.chance(words.failure);
    if failed {
        let (status, kind) = *dice.pick(&[
            (429, "rate_limit_error"),
            (429, "rate_limit_error"),
            (500, "api_error"),
            (400, "invalid_request_error"),
            (529, "overloaded_error"),
        ]);
        row.http_status = Some(status);
        text(&mut row.error_type, kind);
        row.response_id = None;
        row.output_tokens = Some(0);
        row.finish_reason = None;
        row.refusal = None;
        row.refusal_category = None;
        row.duration_ms = Some((dice.lognormal(180.0, 0.7) * 10.0).round() / 10.0);
        row.ttft_ms = None;
        row.reasoning_tokens = None;
        return;
    }
    row.http_status = Some(200);
    row.error_type = None;
    id(set(&mut row.response_id), "resp_", mix(event, 77), 18);
    let refused = dice.chance(words.refusal);
    let mut out = if refused { dice.range(15.0, 90.0) } else { dice.lognormal(words.answer_tokens, 0.7) };
    let limit = row.max_tokens.map_or(32_000.0, |m| m.max(1) as f64);
    let cut = out > limit;
    out = out.min(limit).max(1.0).round();
    row.output_tokens = Some(out as i64);
    let thinking = dice.chance(0.25) && !refused;
    row.reasoning_tokens = Some(if thinking { (out * dice.range(0.2, 3.0)) as i64 } else { 0 });
    text(&mut row.finish_reason, if cut { "length" } else { "stop" });
    row.refusal = Some(refused);
    copy(&mut row.refusal_category, refused.then_some("policy"));
    let first = dice.lognormal(420.0, 0.5);
    row.ttft_ms = Some((first * 10.0).round() / 10.0);
    row.duration_ms = Some(((first + out * dice.range(8.0, 22.0)) * 10.0).round() / 10.0);
}
