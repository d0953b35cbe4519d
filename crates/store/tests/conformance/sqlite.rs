//! The suite on SQLite, on real files.

use std::path::Path;
use std::sync::Arc;

use beckon_store::Store;
use beckon_store::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

use crate::active::{Opened, Place};
use crate::house::{House, StepClock, block_on};

macro_rules! suite {
    ($($module:ident: $($name:ident)*;)*) => {$($(
        #[test]
        fn $name() {
            block_on(async {
                let folder = tempfile::tempdir().unwrap();
                let clock = Arc::new(StepClock::default());
                let mut options = SqliteOptions::new(folder.path());
                options.clock = clock.clone();
                let store = Arc::new(SqliteStore::open(&options).unwrap());
                crate::$module::$name(&House::new(store, clock).await).await;
            });
        }
    )*)*};
}

suite! {
    conversations:
        a_first_message_starts_a_conversation
        a_conversation_knows_the_page_it_began_on
        the_same_client_id_is_one_message
        the_same_client_id_with_another_text_is_refused
        a_thread_starts_once
        numbers_have_no_gaps_under_concurrent_writers
        the_visitor_sees_neither_internal_events_nor_their_numbers
        single_thread_has_one_open_conversation
        a_closed_conversation_takes_nothing
        a_message_reopens_what_was_solved
        cursors_only_move_forward
        unread_and_waiting_follow_the_messages
        unread_is_exact_however_a_cursor_steps
        internal_events_do_not_move_the_visitors_list
        swapped_ids_never_cross_visitors
        messages_are_listed_with_exact_totals
        events_page_both_ways
        of_many_takes_one_wins;
    creation:
        what_our_side_starts_is_stored_as_it_was_wanted
        our_side_starts_one_beside_no_other_in_single_thread
        what_our_side_may_not_start_is_refused;
    notes:
        a_note_is_the_teams_alone
        notes_are_listed_with_exact_totals
        a_program_notes_in_whose_name_it_may;
    edits:
        an_edit_is_one_write_with_an_event_for_each_kind_of_change
        each_field_is_edited_by_itself
        an_edit_without_change_leaves_no_event
        an_edit_is_refused_whole;
    quick_replies:
        quick_replies_are_ones_own_or_shared
        quick_replies_belong_to_whoever_may_write_them
        there_are_only_so_many_quick_replies;
    contexts:
        held_context_is_stored_before_the_message
        held_context_is_not_written_twice
        standing_reaches_every_new_conversation
        standing_reaches_what_our_side_starts
        only_what_fits_a_new_conversation_is_left_standing
        held_wins_over_standing_at_the_limit
        active_writes_the_one_on_screen_or_holds
        all_writes_every_open_one
        all_is_all_or_nothing
        single_thread_ignores_strategies
        a_write_without_change_leaves_no_event
        the_same_context_write_runs_once
        one_name_is_one_write_of_one_kind
        known_context_gives_its_name_to_nothing_else
        a_message_is_stored_without_context_that_does_not_fit
        limits_leave_nothing_stored
        put_patch_and_delete_by_key
        the_journal_folds_to_the_context;
    locks:
        protected_keys_hold_against_the_page_only
        held_and_standing_context_obey_locks_when_written
        locks_on_request_come_and_go
        a_replacement_keeps_locked_keys
        a_repeated_write_repeats_what_was_ignored
        keys_know_who_set_them;
    past:
        an_earlier_context_is_exact_at_every_position
        versions_page_by_key
        baselines_begin_once_and_move_forward
        an_answer_moves_the_baseline;
    interleavings:
        any_interleaving_ends_in_the_same_context_everywhere;
    inbox:
        an_agent_sees_only_what_is_allowed
        views_page_by_key_and_count
        views_are_filtered_by_status
        what_is_not_seen_cannot_be_changed
        a_key_writes_in_whose_name_it_may;
    listing:
        any_filter_is_the_same_filter_over_everything
        the_list_has_exact_totals;
    agents:
        emails_are_unique
        setup_tokens_work_once
        a_new_setup_token_voids_the_one_before
        the_first_agent_voids_every_setup_token
        sign_ins_end
        a_new_password_keeps_one_sign_in
        agents_are_renamed_and_listed
        one_administrator_is_left
        the_access_mark_changes_with_every_end_of_a_right;
    widgets:
        widgets_keep_their_settings
        widgets_keep_their_origins
        there_are_only_so_many_widgets;
    keys:
        keys_are_found_by_their_secret
        a_revoked_key_stays_revoked
        the_last_use_of_a_key_never_goes_back
        there_are_only_so_many_keys;
    invites:
        an_invite_makes_one_agent
        invites_end
        an_invite_needs_a_free_address;
    visitors:
        sessions_slide_and_end
        a_session_that_ended_is_told_from_one_that_is_unknown;
    handles:
        a_handle_leads_back_and_is_new_at_each_use
        a_handle_belongs_to_one_widget_and_one_site
        the_handle_before_works_for_other_tabs_and_an_older_one_ends_the_session
        a_handle_ends_with_its_session;
    durability:
        the_first_start_happens_once
        what_has_ended_is_deleted_and_nothing_else;
}

impl Place for TempDir {
    fn open(&self, clock: Arc<StepClock>) -> Arc<dyn Store> {
        let mut options = SqliteOptions::new(self.path());
        options.clock = clock;
        Arc::new(SqliteStore::open(&options).unwrap())
    }
}

#[test]
fn active_goes_where_the_customer_is_in_each_story() {
    block_on(async { Opened::new(tempfile::tempdir().unwrap()).await.tell_all().await });
}

/// As many as the test of the rules alone. The files are in memory where the system has a folder for that: a disk waits at
/// each write, and what a lost disk costs is the business of other tests.
#[test]
fn active_goes_where_the_customer_is_in_any_order() {
    const ORDERS: u64 = 10_000;
    const FILES: u64 = 4;
    let memory = Path::new("/dev/shm");
    let folder = || if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    let lane = |from: u64| {
        let seeds = (from..ORDERS).step_by(FILES as usize);
        block_on(async { Opened::new(folder().unwrap()).await.live_through(seeds).await });
    };
    std::thread::scope(|threads| {
        let lanes: Vec<_> = (0..FILES).map(|from| threads.spawn(move || lane(from))).collect();
        lanes.into_iter().for_each(|lane| lane.join().unwrap());
    });
}
