//! Any order of any commands keeps the invariants. A world in memory loads what the rules need and applies what
//! they decide, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod steps;
mod world;

use beckon_core::command::Command;
use beckon_core::decide::Outcome;
use proptest::prelude::*;

use steps::step;
use world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_commands_keeps_the_invariants(
        multi_thread in any::<bool>(),
        // A millisecond on, or an hour or two back and on again.
        clock in prop::collection::vec(
            prop_oneof![8 => Just(1_000_i64), 1 => -7_200_000_000..0_i64, 1 => 0..7_200_000_000_i64],
            1..8,
        ),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new(multi_thread, clock);
        let mut stored: Vec<Command> = Vec::new();
        for step in steps {
            let Some(command) = step.command(&world, &stored) else { continue };
            let before = (world.rows.clone(), world.events.len());
            let outcome = world.run(&command);
            match &outcome {
                Ok(Outcome::Store(_)) => stored.push(command.clone()),
                _ => prop_assert_eq!((world.rows.clone(), world.events.len()), before),
            }
            // Sent again at once, a write that left events is known and leaves nothing more.
            if let Ok(Outcome::Store(decision)) = &outcome {
                let named = decision.writes.iter().flat_map(|write| &write.events);
                if named.filter_map(|event| event.client_id).next().is_some() {
                    let after = (world.rows.clone(), world.events.len());
                    let again = world.run(&command);
                    prop_assert!(matches!(again, Ok(Outcome::Known(_) | Outcome::KnownContext(_))), "{:?}", again);
                    prop_assert_eq!((world.rows.clone(), world.events.len()), after);
                }
            }
            world.check()?;
        }
    }
}
