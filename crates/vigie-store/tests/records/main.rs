//! What the records must hold, on SQLite and on PostgreSQL alike: each scenario runs on a fresh store of both.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "what tests share stands outside the test functions that clippy knows, and figures are for people"
)]

mod access;
mod activity;
mod appeals;
mod audit;
mod cases;
mod crash;
mod decisions;
mod fixtures;
mod hunts;
mod lists;
mod place;
mod speed;
mod takedowns;
mod tls;
mod webhooks;

/// Each scenario becomes a test on SQLite; all of them together run on one PostgreSQL server, a database for each.
macro_rules! scenarios {
    ($($module:ident::$name:ident,)*) => {
        mod on_sqlite {
            $(#[test]
            fn $name() {
                let store = crate::place::sqlite();
                crate::$module::$name(&store);
            })*
        }

        #[test]
        fn everything_holds_on_postgresql() {
            let Some(server) = crate::place::Server::start(crate::place::Disk::Lazy) else { return };
            $({
                eprintln!("on PostgreSQL: {}", stringify!($name));
                let store = server.database(stringify!($name));
                crate::$module::$name(&store);
            })*
        }
    };
}

scenarios! {
    hunts::a_later_hunt_updates_its_case_and_never_opens_it_twice,
    hunts::a_case_closed_as_wrong_stays_closed_and_counts_what_came_again,
    hunts::two_hunts_differ_by_case,
    hunts::a_hunt_is_imported_once_and_whole,
    cases::a_case_by_hand_is_patched_noted_and_closed,
    cases::merging_takes_members_and_splitting_lasts,
    cases::stored_examples_are_shown_for_a_reason_that_the_audit_keeps,
    decisions::nothing_is_decided_without_evidence_reason_and_expiry,
    decisions::a_second_person_approves_what_the_policy_says,
    decisions::undo_shows_what_lay_beneath,
    decisions::an_exception_wins_over_every_decision,
    decisions::many_small_decisions_are_one_large_one,
    takedowns::a_takedown_goes_from_preview_to_reversal,
    takedowns::a_takedown_stops_by_itself,
    takedowns::later_takedowns_leave_the_excepted_out,
    activity::an_account_shows_what_the_furthest_hunt_saw_of_it,
    activity::a_case_by_hand_is_taken_down_by_what_hunts_counted,
    activity::later_hunts_count_open_cases_by_hand_anew,
    activity::a_store_of_before_is_brought_up_to_date,
    appeals::an_overturned_appeal_undoes_protects_and_scores,
    appeals::who_decided_does_not_judge_the_appeal,
    appeals::a_milder_decision_replaces_one_that_was_too_harsh,
    audit::tampering_is_seen_wherever_it_happens,
    audit::the_clock_marks_what_is_over,
    audit::a_repeated_request_gets_the_answer_of_the_first,
    audit::writers_on_many_threads_and_handles_make_one_chain,
    access::people_and_programs_sign_in,
    access::a_new_password_ends_the_sessions_elsewhere,
    access::somebody_always_remains_who_may_administer,
    webhooks::an_event_is_leased_retried_and_given_up,
    lists::pages_show_every_item_once_under_every_sort,
    lists::odd_texts_are_looked_for_as_they_are,
}
